internal import Hardware
internal import Quantities

extension Accelerator {
  /// The sources of its file, and that of the default where it has a link of no stated latency.
  var shownSources: [FigureSource] {
    let others = interconnect == nil ? [] : linkLatency.sources
    return sources + others.filter { other in !sources.contains { $0.key == other.key } }
  }

  /// Everything that is known of it, figure by figure.
  var facts: [Fact] {
    var facts: [Fact] = []
    for (units, peaks) in [
      ("matrix", matrixPeaks), ("matrix, sums in FP16:", halfSumPeaks), ("vector", vectorPeaks),
    ] {
      for format in NumberFormat.allCases {
        guard let figure = peaks[format] else { continue }
        var fact = Fact("\(units) \(format.rawValue)", figure)
        if format.isInteger { fact.unit = "OP/s" }
        facts.append(fact)
      }
    }
    facts.append(Fact("bandwidth", bandwidth))
    if let capacity { facts.append(Fact("capacity", capacity)) }
    if let lastLevelCache { facts.append(Fact("last-level cache", lastLevelCache)) }
    if let interconnect {
      facts.append(Fact("interconnect", interconnect))
      facts.append(Fact("link latency", linkLatency))
      if let mesh {
        facts.append(Fact("mesh", Double(mesh), source: "", note: "devices with links of their own to every other one"))
      }
    }
    if let power { facts.append(Fact("power", power)) }
    if let pricePerHour { facts.append(Fact("price per hour", pricePerHour)) }
    let exceptions = exceptions.map { exception in
      let source = exception.sources.isEmpty ? "unverified" : exception.sources.keys
      return Fact("exception", exception.rule.rawValue, source: source, note: exception.why)
    }
    return facts + achieved.facts + exceptions
  }
}

extension Achieved {
  /// What kernels reach, kind by kind; of what was not measured here, that it is typical of such devices.
  fileprivate var facts: [Fact] {
    let products = NumberFormat.allCases.compactMap { format in
      self.products[format].map { ("products in \(format.rawValue)", $0, true) }
    }
    let others = [("attention", attention, true), ("element-wise", elementwise, false)]
    return deviceFacts
      + (products + others).map { name, rate, hasPeak in
        let sustained =
          rate.sustained < 1 ? " (\((rate.sustained * 100).fixed(1)) % of that with all multiprocessors at work)" : ""
        let peak = hasPeak ? "\((rate.peak * 100).fixed(1)) % of the peak\(sustained), " : ""
        let division = rate.division.map { ", rows in \($0.parts) part\($0.parts == 1 ? "" : "s")" } ?? ""
        let share = "\(peak)\((rate.bandwidth * 100).fixed(1)) % of the bandwidth, \(rate.overhead) overhead\(division)"
        return Fact("achieved: \(name)", share, source: rate.isEstimated ? "estimated" : rate.sources.keys)
      }
  }

  /// What is known of the device as a whole.
  private var deviceFacts: [Fact] {
    var facts: [Fact] = []
    if let multiprocessors {
      let origin = multiprocessorsOrigin
      facts.append(
        Fact("achieved: multiprocessors", multiprocessors, source: origin?.key ?? "estimated", note: origin?.note))
    }
    if let sustained {
      let text = "\((sustained.share * 100).fixed(1)) % of the peak with all multiprocessors at work"
      facts.append(Fact("achieved: sustained", text, source: sustained.origin.key, note: sustained.origin.note))
    }
    return facts
  }
}

extension Achieved.Origin {
  /// The keys of its sources, as a table names them.
  fileprivate var key: String { sources.isEmpty ? "unverified" : sources.keys }
}

extension [FigureSource] {
  /// Their keys in one text.
  fileprivate var keys: String { map(\.key).joined(separator: ", ") }
}
