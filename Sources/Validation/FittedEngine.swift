package import Documents
package import Engines
internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// An engine whose times are fitted to somebody's own measurements; what it stores is as before. Of memory its file says
/// the share alone, of its scheduler nothing.
package struct FittedEngine: Sendable {
  /// The engine with the figures of its file.
  package let engine: Engine
  /// The rows of the engine with its figures, and with those of the fit.
  package let before: EngineValidation, after: EngineValidation
  private let figures: EngineFigures

  /// The fit to the rows of an engine.
  ///
  /// - Throws: `Diagnostic` if there are none, or the engine says no times.
  package init(_ validation: EngineValidation, of engine: Engine) throws(Diagnostic) {
    let runs = validation.runs.filter { $0.engine == engine.name }
    guard engine.times != nil else { throw Diagnostic("\(engine.name) says no times that could be fitted") }
    guard !runs.isEmpty else {
      let found = Set(validation.runs.map(\.engine)).sorted().joined(separator: ", ")
      throw Diagnostic(file: validation.file, "no row is of \(engine.name); there are rows of \(found)")
    }
    self.engine = engine
    figures = try EngineFit(runs, from: EngineFigures.own).figures
    before = EngineValidation(file: validation.file, runs)
    var fitted: [EngineRun] = []
    for run in runs { fitted.append(try run.predicted(by: figures)) }
    after = EngineValidation(file: validation.file, fitted)
  }

  /// The engine file.
  package var file: String {
    let name = engine.name
    func time(_ key: String, _ value: Double?, _ known: Figure<Seconds>?) -> String? {
      if let value { return "  \(key): { value: \((value * 1e6).fixed(1)) us, source: fit }" }
      guard let known, known.value > .zero else { return nil }
      return "  \(key): { value: \((known.value.value * 1e6).fixed(1)) us, source: base }"
    }
    func value(_ key: EngineFigures.Key) -> Double? { figures.values[key] }
    let times = engine.times ?? EngineTimes()
    var lines = [
      "# Written by roofline validate --fit: times of \(name) fitted to measured ones.",
      "name: \(name)-fitted", "title: \(name), fitted to \(after.runs.count) times",
    ]
    if engine.needsWholeShares { lines.append("whole_shares: true") }
    lines += [
      "memory:", "  utilization: { value: \(engine.memory.utilization.value.value.fixed(4)), source: base }", "times:",
    ]
    lines += [
      time("step", value(.step(name)), times.step), time("layer", value(.layer(name)), times.layer),
      times.launches.map { "  launches: { value: \($0.value.value.fixed(1)), source: base }" },
      time("request", value(.request(name)), times.request), time("picture", value(.picture(name)), times.picture),
    ].compactMap(\.self)
    if let kernels = value(.kernels(name)) { lines.append("  overhead: { value: \(kernels.fixed(3)), source: fit }") }
    if let unpacking = times.unpacking {
      lines.append("  unpacking: { value: \(unpacking.value.value.fixed(4)), source: base }")
    }
    lines += section("formats", formats(times)) + section("streams", streams(times)) + section("work", work(times))
    let (first, last) = (before.errors, after.errors)
    lines += [
      "sources:", "  fit: \"\(after.runs.count) measured times, fitted by roofline validate --fit \(name)\"",
      "  base: \"engines/\(name).yaml\"", "notes:",
      "  - \"Median error of these very times \(percent(first.median)) before and \(percent(last.median)) after the fit; of others more.\"",
      "  - \"Of memory only the share is said; what \(name) sets aside is not, nor how it schedules.\"", "",
    ]
    return lines.joined(separator: "\n")
  }

  /// A list of the file with its key; nothing of an empty one.
  private func section(_ key: String, _ lines: [String]) -> [String] { lines.isEmpty ? [] : ["  \(key):"] + lines }

  private func formats(_ times: EngineTimes) -> [String] {
    times.formats.sorted { $0.key < $1.key }.map { precision, format in
      let fields =
        figures([("weights", format.weights), ("head", format.head)])
        + (format.cache.map { "cache: \($0.format.rawValue), " } ?? "")
      return "    \(precision): { \(fields)source: base }"
    }
  }

  private func streams(_ times: EngineTimes) -> [String] {
    times.streams.map { shares in
      let fields = figures([
        ("weights", shares.weights), ("eight_bits", shares.eightBits), ("four_bits", shares.fourBits),
        ("cache", shares.cache),
      ])
      return "    - { \(classes(shares.classes))\(fields)source: base }"
    }
  }

  /// Fields of a mapping that are there, each with a comma and a space behind it.
  private func figures(_ all: [(key: String, figure: Figure<Ratio>?)]) -> String {
    all.compactMap { key, figure in figure.map { "\(key): \($0.value.value.fixed(5)), " } }.joined()
  }

  private func classes(_ classes: [DeviceClass]) -> String {
    classes.isEmpty ? "" : "class: [\(classes.map(\.rawValue).joined(separator: ", "))], "
  }

  private func percent(_ share: Double) -> String { "\((share * 100).fixed(1)) %" }

  /// The lines of work: fitted ones first, each of a class of devices and of weights of so many bits, then those that the
  /// engine had.
  private func work(_ times: EngineTimes) -> [String] {
    var fitted: [String] = []
    for (key, value) in figures.values {
      guard case .work(_, let kind, let bits) = key else { continue }
      let sums = sumsInHalf(kind, bits, times) ? " sums: fp16," : ""
      fitted.append(
        "    - { class: \(kind.rawValue), weight_bits: \(bits),\(sums) value: \(value.fixed(3)), source: fit }")
    }
    return fitted.sorted()
      + times.work.map { work in
        "    - { " + classes(work.classes)
          + (work.weightBits.map { "weight_bits: \($0), " } ?? "")
          + (work.inputBits.map { "input_bits: \($0), " } ?? "")
          + (work.sumsInHalf ? "sums: fp16, " : "") + "value: \(work.factor.value.value.fixed(3)), source: base }"
      }
  }

  private func sumsInHalf(_ kind: DeviceClass, _ bits: Int, _ times: EngineTimes) -> Bool {
    times.work(on: kind, weightBits: Double(bits), inputBits: 16)?.sumsInHalf ?? false
  }
}
