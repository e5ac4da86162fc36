internal import Documents
package import Quantities

/// What kernels of engines reach that stream weights and caches, as steps of decoding do.
///
/// Fitted to published times of engines, not to times of single kernels: `Achieved.Rate` has those. Shares are of the
/// device's bandwidth, above 0 to 1.
package struct Streams: Sendable, Hashable {
  /// The share that weights of 16 bits and more reach.
  package var weights: Double
  /// The share that weights of 8 bits reach.
  package var eightBits: Double
  /// The share that weights of 4 bits reach.
  package var fourBits: Double
  /// The share that keys and values reach.
  package var cache: Double
  /// What a kernel takes beyond its bytes and its arithmetic: launch, ramp and tail.
  package var overhead: Seconds
  /// Where they come from; empty where they are typical of the device's class.
  package var sources: [FigureSource] = []

  /// The share that weights of so many bits reach.
  package func share(ofWeightBits bits: Double) -> Double { bits > 9 ? weights : bits > 6 ? eightBits : fourBits }

  private init(_ weights: Double, _ eightBits: Double, _ fourBits: Double, cache: Double, overhead: Double) {
    (self.weights, self.eightBits, self.fourBits, self.cache) = (weights, eightBits, fourBits, cache)
    self.overhead = Seconds(overhead)
  }

  /// What is typical of a class of devices, rounded from the fits of
  /// `roofline validate --left-out` to published times (reports/validation.md); classes without rows take those of the nearest.
  static func typical(of deviceClass: DeviceClass) -> Streams {
    switch deviceClass {
    case .consumer: Streams(0.90, 0.92, 0.89, cache: 0.85, overhead: 0.9e-6)
    case .server: Streams(0.85, 0.80, 0.74, cache: 0.79, overhead: 1.4e-6)
    case .hbm: Streams(0.81, 0.76, 0.60, cache: 0.67, overhead: 4.3e-6)
    case .amd: Streams(0.82, 0.74, 0.60, cache: 0.75, overhead: 6.5e-6)
    case .apple: Streams(0.895, 0.875, 0.80, cache: 0.76, overhead: 13e-6)
    case .appleUltra: Streams(0.82, 0.78, 0.67, cache: 0.76, overhead: 6.5e-6)
    case .jetson: Streams(0.81, 0.77, 0.725, cache: 0.74, overhead: 4.3e-6)
    case .gaudi: Streams(0.85, 0.815, 0.75, cache: 0.76, overhead: 4.5e-6)
    case .tpu: Streams(0.85, 0.80, 0.74, cache: 0.75, overhead: 3.6e-6)
    case .cpu: Streams(0.80, 0.60, 0.58, cache: 0.75, overhead: 5e-6)
    case .other: Streams(0.80, 0.76, 0.70, cache: 0.70, overhead: 4e-6)
    }
  }
}

extension FigureReader {
  /// The streams of a hardware file, of the form `{ weights: 0.92, overhead: 1 us, source: key }`; what it leaves out is
  /// taken from `typical`.
  func streams(_ node: Node, or typical: Streams) -> Streams {
    var streams = typical
    let keys = ["weights", "eight_bits", "four_bits", "cache", "overhead", "source", "note"]
    guard let fields = findings.attempt(try Fields(node, "the streams", known: keys, findings)) else { return typical }
    func share(_ key: String, _ what: String) -> Double? {
      findings.attempt(try fields[key]?.number("the share of the bandwidth of \(what)", in: 0.001...1))
    }
    streams.weights = share("weights", "weights") ?? typical.weights
    streams.eightBits =
      share("eight_bits", "weights of 8 bits") ?? streams.weights * typical.eightBits / typical.weights
    streams.fourBits = share("four_bits", "weights of 4 bits") ?? streams.weights * typical.fourBits / typical.weights
    streams.cache = share("cache", "the cache") ?? typical.cache
    if let node = fields["overhead"] { streams.overhead = findings.attempt(try overhead(node), or: typical.overhead) }
    streams.sources = findings.attempt(try cited(fields.required("source")), or: [])
    return streams
  }
}
