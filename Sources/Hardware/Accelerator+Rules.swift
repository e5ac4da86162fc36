internal import Quantities

extension Accelerator {
  /// What the figures of every machine keep to; a file names the rule where its device is an exception.
  package enum Rule: String, Sendable, Hashable, CaseIterable {
    /// A peak is 1 to 2000 operations for every byte of bandwidth; FP64 may be less, many have a token unit for it.
    case ridgePoint = "ridge_point"
    /// A narrower format is no slower than a wider one on the same units.
    case narrowFormats = "narrow_formats"
    /// FP16 and BF16 on the same units are within a factor of about two.
    case halfFormats = "fp16_and_bf16"
    /// Matrix units are no slower than the vector units in the same format nor, but for FP64, than those in FP32.
    case matrixUnits = "matrix_units"
    /// The cache is smaller than the memory behind it.
    case cache = "last_level_cache"
    /// The memory is read within 1 ms to 300 s.
    case capacity
    /// The link to other devices is no faster than the memory.
    case interconnect
    /// A message takes 10 ns to 1 ms.
    case linkLatency = "link_latency"
    /// The fastest peak is 0.1 GFLOP/s to 50 TFLOP/s for every watt.
    case power
    /// The overhead of a kernel is at most 10 ms.
    case overhead
  }

  /// A rule that a device breaks, and why it may.
  package struct Exception: Sendable, Hashable {
    /// The rule.
    package var rule: Rule
    /// The reason.
    package var why: String
    /// Where that is said; empty if it could not be verified.
    package var sources: [FigureSource]
  }

  /// A rule that figures break.
  struct Breach {
    var rule: Rule
    /// The keys that lead to the figure in a hardware file.
    var place: [String]
    var message: String
  }

  /// The rules that the figures break, exceptions included. What is NaN breaks none.
  var breaches: [Breach] { peakBreaches + memoryBreaches + otherBreaches }

  /// Figures are rounded: what is less than this part of another is below it.
  private static let rounding = 0.995

  private var peakBreaches: [Breach] {
    var breaches: [Breach] = []
    for (units, peaks) in [("matrix", matrixPeaks), ("vector", vectorPeaks)] {
      for format in NumberFormat.allCases {
        guard let figure = peaks[format] else { continue }
        func add(_ rule: Rule, _ text: String) {
          let message = "the \(units) peak of \(format), \(figure.stated), is \(text)"
          breaches.append(Breach(rule: rule, place: [units, format.rawValue, "value"], message: message))
        }
        let ridge = (figure.value / bandwidth.value).value
        if format != .fp64, ridge < 1 || ridge > 2000 {
          add(
            .ridgePoint, "\(ridge.fixed(ridge < 10 ? 3 : 0)) FLOP per byte of bandwidth; machines lie within 1 to 2000")
        }
        func isBelow(_ other: Figure<Throughput>) -> Bool { figure.value < other.value * Self.rounding }
        let wider = peaks.filter { $0.key.significance > format.significance }
        if let (other, fastest) = wider.max(by: { $0.value.value < $1.value.value }), isBelow(fastest) {
          add(.narrowFormats, "below that of the wider \(other), \(fastest.stated)")
        }
        if format == .bf16, let half = peaks[.fp16] {
          let ratio = max(half.value / figure.value, figure.value / half.value)
          if ratio > 2.1 {
            add(
              .halfFormats,
              "\(ratio.fixed(1)) times off that of FP16, \(half.stated); such units are within 2.1 of each other")
          }
        }
        guard units == "matrix" else { continue }
        if let vector = vectorPeaks[format], isBelow(vector) {
          add(.matrixUnits, "below that of the vector units, \(vector.stated)")
        } else if let vector = vectorPeaks[.fp32], format != .fp64, isBelow(vector) {
          add(.matrixUnits, "below that of the vector units in FP32, \(vector.stated)")
        }
      }
    }
    return breaches
  }

  private var memoryBreaches: [Breach] {
    var breaches: [Breach] = []
    if let capacity {
      if let cache = lastLevelCache, cache.value.value >= capacity.value.value {
        breaches.append(
          Breach(
            rule: .cache, place: ["last_level_cache", "value"],
            message: "the last-level cache, \(cache.stated), is not smaller than the memory, \(capacity.stated)"))
      }
      let time = capacity.value / bandwidth.value
      if time < Seconds(1e-3) || time > Seconds(300) {
        breaches.append(
          Breach(
            rule: .capacity, place: ["memory", "capacity", "value"],
            message:
              "at \(bandwidth.stated) the memory of \(capacity.stated) is read within \(time); machines take 1 ms to "
              + "300 s"))
      }
    }
    if let interconnect, interconnect.value > bandwidth.value {
      breaches.append(
        Breach(
          rule: .interconnect, place: ["interconnect", "value"],
          message: "the interconnect, \(interconnect.stated), is faster than the memory, \(bandwidth.stated)"))
    }
    return breaches
  }

  private var otherBreaches: [Breach] {
    var breaches: [Breach] = []
    if linkLatency.value < Seconds(1e-8) || linkLatency.value > Seconds(1e-3) {
      breaches.append(
        Breach(
          rule: .linkLatency, place: ["link_latency", "value"],
          message: "the link latency is \(linkLatency.stated); messages take 10 ns to 1 ms"))
    }
    if let power, let peak = (Array(matrixPeaks.values) + Array(vectorPeaks.values)).map(\.value).max() {
      let efficiency = Throughput(peak.value / power.value.value)
      if efficiency < Throughput(1e8) || efficiency > Throughput(5e13) {
        breaches.append(
          Breach(
            rule: .power, place: ["power", "value"],
            message:
              "the power, \(power.stated), makes \(efficiency) for every watt; machines lie within 100 MFLOP/s to "
              + "50 TFLOP/s"))
      }
    }
    let rates =
      achieved.products.map { (["products", $0.key.rawValue], $0.value) }
      + [(["attention"], achieved.attention), (["elementwise"], achieved.elementwise)]
    for (keys, rate) in rates where rate.overhead > Seconds(0.01) {
      breaches.append(
        Breach(
          rule: .overhead, place: ["achieved"] + keys + ["overhead"],
          message: "the overhead of a kernel is \(rate.overhead); machines take at most 10 ms"))
    }
    return breaches
  }
}

extension NumberFormat {
  /// By what a format is wider than another for the units that multiply it: TF32 has 19 bits.
  fileprivate var significance: Double { self == .tf32 ? 19 : bits }
}
