package import Hardware
package import Quantities

/// How long an engine takes: what its kernels and its host do otherwise than the kernels that single measurements time.
///
/// Shares of peak and bandwidth belong to devices (`Achieved`, `Streams`); an engine has what is different in kind.
package struct EngineTimes: Sendable, Hashable {
  /// The engine whose figures these are, of a relative that nobody measured.
  package var relative: String?
  /// What the host takes for a step of decoding or a prefill while the device waits.
  package var step = Figure(Seconds.zero, stated: "0 s")
  /// What the host takes to launch a layer, beside which the device works: the longer one counts.
  package var layer = Figure(Seconds.zero, stated: "0 s")
  /// The kernels of a layer that it launches one by one in that time; nil where a launch has no time of its own.
  package var launches: Figure<Ratio>?
  /// What the host takes for a request, before its first token.
  package var request = Figure(Seconds.zero, stated: "0 s")
  /// What it takes besides for the picture of a request: decoding, preprocessing.
  package var picture = Figure(Seconds.zero, stated: "0 s")
  /// The overhead of kernels, of that of as many as fused layers have: less than 1 where layers are fused into fewer, more
  /// where every step is a kernel of its own.
  package var overhead = Figure(Ratio(1), stated: "1")
  /// How weights are stored, by the name of the precision; others are stored as the precision says.
  package var formats: [String: Format] = [:]
  /// How long arithmetic takes; the first that describes a device and a precision counts.
  package var work: [Work] = []
  /// What kernels reach of the bandwidth where it is not what is typical of a class; the first that describes a device counts.
  package var streams: [StreamShares] = []
  /// The share of the bandwidth at which weights of 4 bits are unpacked before products of more than a few rows; nil where
  /// kernels read them packed.
  package var unpacking: Figure<Ratio>?

  /// How an engine stores a precision.
  package struct Format: Sendable, Hashable {
    /// Bits of the weights of products in layers, scales included; nil for those of the precision.
    package var weights: Figure<Ratio>?
    /// Bits of the head's weights; nil where it is not quantised.
    package var head: Figure<Ratio>?
    /// The key-value cache, where nobody says otherwise; nil for the precision's.
    package var cache: Cache?
  }

  /// The format of a key-value cache.
  package struct Cache: Sendable, Hashable {
    /// The format.
    package var format: NumberFormat
    /// Where it comes from.
    package var sources: [FigureSource]
    /// What the file says of it.
    package var note: String?
  }

  /// Shares of the bandwidth that an engine's kernels stream with, on devices of some classes; nil for those of the class.
  package struct StreamShares: Sendable, Hashable {
    /// The devices; any of these, all where there is none.
    package var classes: [DeviceClass]
    /// The share that weights of 16 bits and more, of 8 and of 4 reach.
    package var weights, eightBits, fourBits: Figure<Ratio>?
    /// The share that keys and values reach.
    package var cache: Figure<Ratio>?
  }

  /// How many times as long arithmetic takes as in the kernels that were measured.
  package struct Work: Sendable, Hashable {
    /// The devices; any of these, all where there is none.
    package var classes: [DeviceClass]
    /// Bits of the weights, rounded up to 4, 8 or 16; nil for any.
    package var weightBits: Int?
    /// Bits of the inputs of products: 8 where activations are quantised; nil for any.
    package var inputBits: Int?
    /// How many times as long.
    package var factor: Figure<Ratio>
    /// Whether sums are kept in FP16, which GPUs of desktops do twice as fast.
    package var sumsInHalf: Bool

    /// A factor of any device and any bits.
    package init(factor: Figure<Ratio>, sumsInHalf: Bool = false) {
      (classes, weightBits, inputBits) = ([], nil, nil)
      (self.factor, self.sumsInHalf) = (factor, sumsInHalf)
    }
  }

  /// Nothing on the host, and kernels as they were measured.
  package init() {}

  /// What the host takes to launch one kernel; nothing where kernels are recorded in a graph, or nobody says.
  package var launch: Seconds { launches.map { layer.value / $0.value.value } ?? .zero }

  /// What kernels reach of the bandwidth of a device: its own figures if it has any, else what is typical of its class but
  /// for what the engine says.
  package func streams(on device: Accelerator) -> Streams {
    var streams = device.achieved.streams
    guard let shares = shares(on: device) else { return streams }
    streams.weights = shares.weights?.value.value ?? streams.weights
    streams.eightBits = shares.eightBits?.value.value ?? streams.eightBits
    streams.fourBits = shares.fourBits?.value.value ?? streams.fourBits
    streams.cache = shares.cache?.value.value ?? streams.cache
    return streams
  }

  /// The shares of its own that the engine says of a device; nil where those of the device count.
  package func shares(on device: Accelerator) -> StreamShares? {
    guard device.achieved.streams.sources.isEmpty else { return nil }
    return streams.first { $0.describes(device.deviceClass) }
  }

  /// The class of bits that weights of so many, scales included, belong to: 4, 8 or 16.
  package static func bits(ofWeights bits: Double) -> Int { bits > 9 ? 16 : bits > 6 ? 8 : 4 }

  /// How long arithmetic takes on a device with weights and inputs of so many bits; nil for as long as measured.
  package func work(on deviceClass: DeviceClass, weightBits: Double, inputBits: Double) -> Work? {
    let weights = Self.bits(ofWeights: weightBits)
    let inputs = inputBits > 9 ? 16 : 8
    return work.first { work in
      (work.classes.isEmpty || work.classes.contains(deviceClass)) && (work.weightBits ?? weights) == weights
        && (work.inputBits ?? inputs) == inputs
    }
  }
}

extension EngineTimes.StreamShares {
  fileprivate func describes(_ deviceClass: DeviceClass) -> Bool { classes.isEmpty || classes.contains(deviceClass) }
}
