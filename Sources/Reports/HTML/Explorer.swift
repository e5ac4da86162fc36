internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions

/// What the sliders of a page answer from: the figures of some settings at many numbers of visual tokens, text tokens
/// and sequences, each computed as rows are.
package struct Explorer: Sendable, Hashable {
  /// A slider.
  struct Axis: Sendable, Hashable {
    var name: String
    var values: [Int]
    /// Where it stands at first.
    var start: Int
  }

  /// What runs where, and its figures.
  struct Setting: Sendable, Hashable {
    var name: String
    /// Expected and ideal time in ms, memory and what of it is too much in MB, and further times in ms; of the places of a
    /// figure those of the last axis come first.
    var figures: [[Double?]]
    /// The first letter of what bounds the main stage; a dash where nothing could be estimated.
    var bounds: String
    /// The first letter of what tables say of the memory, `yes`, `tight`, `NO` or `?`; a dash as above.
    var fits: String
  }

  /// What tells settings apart, whatever the sliders say.
  private struct Identity: Hashable {
    let model: MultimodalModel
    let hardware: Accelerator
    let precision: Precision
    let engine: Engine
    let serving: Serving

    init(_ estimate: Estimate) {
      (model, hardware, precision) = (estimate.model, estimate.hardware, estimate.precision)
      (engine, serving) = (estimate.engine, estimate.serving)
    }
  }

  let axes: [Axis]
  let settings: [Setting]
  /// What the first time is.
  let what: String
  /// What the times behind the memory are called.
  let more: [String]
  /// How many settings the rows have.
  let count: Int

  /// More settings are not explored.
  private static let limit = 8
  /// More values that were asked are not all on a slider.
  private static let askedLimit = 12

  /// The settings of some rows over a grid around what was asked; nil of pictures, and where there are no rows.
  init?(_ rows: [RowFigures]) {
    guard let first = rows.first?.estimate, rows.allSatisfy({ $0.image == nil }) else { return nil }
    func axis(_ name: String, _ usual: [Int], _ value: (Estimate) -> Int) -> Axis {
      let asked = Set(rows.map { value($0.estimate) })
      let kept = asked.count > Self.askedLimit ? [value(first)] : asked
      let values = kept.union(usual).sorted()
      return Axis(name: name, values: values, start: values.firstIndex(of: value(first)) ?? 0)
    }
    let hasLanguage = first.hasLanguage
    let full = rows.map { $0.estimate.model.visualTokens ?? $0.estimate.visualTokens }.max() ?? 0
    let shares = full > 0 && hasLanguage ? [1, 2, 4, 6, 8, 12, 16].map { max(1, full * $0 / 16) } : []
    axes = [
      axis("visual tokens", shares, \.visualTokens),
      axis("text tokens", hasLanguage ? [16, 64, 256, 1024, 4096] : [], \.workload.textTokens),
      axis("sequences at once", [1, 2, 4, 8, 16, 32, 64], \.workload.batch),
    ]
    let generates = rows.contains { $0.estimate.workload.outputTokens > 1 }
    what = hasLanguage ? "first token after" : "forward pass in"
    more = generates ? ["TPOT", "request"] : []
    var seen: Set<Identity> = []
    var (settings, repeated): ([Setting], Int) = ([], 0)
    var named = rows
    let names = RowNames(&named, except: ["visual_tokens", "reducer", "text_tokens", "batch"]).names
    for (row, name) in zip(rows, names) {
      let estimate = row.estimate
      guard seen.insert(Identity(estimate)).inserted else { continue }
      guard settings.count < Self.limit else { continue }
      let usual = "\(estimate.hardware.name), \(estimate.precision.name)"
      let setting = Self.setting(name.isEmpty ? usual : name, estimate, axes, generates: generates)
      // Videos of several lengths differ in their tokens alone, which a slider has.
      if settings.contains(setting) { repeated += 1 } else { settings.append(setting) }
    }
    (self.settings, count) = (settings, seen.count - repeated)
  }

  /// The figures of one setting.
  private static func setting(_ name: String, _ like: Estimate, _ axes: [Axis], generates: Bool) -> Setting {
    let inputs = axes[0].values.map { VisualInput.tokens($0) }
    let study = Study(
      [Study.Subject(like.model, inputs)], on: [like.hardware], precisions: [like.precision],
      parallelisms: [like.serving.parallelism], engines: [[like.engine]], textTokens: NumberList(axes[1].values),
      contexts: NumberList([like.serving.context]), outputTokens: NumberList([like.serving.outputTokens]),
      batches: NumberList(axes[2].values), accounting: like.accounting)
    let count = axes.reduce(1) { $0 * $1.values.count }
    var figures = [[Double?]](repeating: [Double?](repeating: nil, count: count), count: generates ? 6 : 4)
    var bounds = [Character](repeating: "-", count: count)
    var fits = bounds
    _ = try? Answer(study).forEach { rows in
      rows.indices.map { index -> (place: [Int], figures: [Double?], bound: Character, fit: Character) in
        let estimate = rows[index].estimate
        let request = rows[index].expectedRequest
        let times = [
          estimate.expectedTotalSeconds.value * 1e3, estimate.totalSeconds.value * 1e3,
          estimate.footprint.total.value / 1e6, (estimate.excess?.value).map { $0 / 1e6 },
        ]
        let whole =
          generates ? [request?.timePerOutputToken?.value, request?.request.value].map { $0.map { $0 * 1e3 } } : []
        return (
          [estimate.visualTokens, estimate.workload.textTokens, estimate.workload.batch], times + whole,
          estimate.mainStage?.bound.rawValue.first ?? "-", estimate.fitText.first ?? "?"
        )
      }
    } deliver: { rows throws(Diagnostic) in
      for row in rows {
        let places = zip(axes, row.place).map { $0.values.firstIndex(of: $1) }
        guard let v = places[0], let t = places[1], let b = places[2] else { continue }
        let place = (v * axes[1].values.count + t) * axes[2].values.count + b
        for (index, figure) in row.figures.enumerated() { figures[index][place] = figure }
        (bounds[place], fits[place]) = (row.bound, row.fit)
      }
    }
    return Setting(name: name, figures: figures, bounds: String(bounds), fits: String(fits))
  }

  /// The data as JSON, numbers with eight significant digits: pages round them to three, as tables do.
  var json: String {
    func text(_ text: String) -> String { JSONRenderer.text(.text(text)) }
    func list(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }
    let axes = self.axes.map { "{\"name\":\(text($0.name)),\"values\":\(list($0.values.map(String.init)))}" }
    let settings = self.settings.map { setting in
      "{\"name\":\(text(setting.name)),\"bounds\":\(text(setting.bounds)),\"fits\":\(text(setting.fits)),"
        + "\"figures\":\(list(setting.figures.map { list($0.map { $0?.brief ?? "null" }) }))}"
    }
    return "{\"what\":\(text(what)),\"axes\":\(list(axes)),\"settings\":\(list(settings))}"
  }
}

extension Double {
  /// The number with at least eight significant digits.
  fileprivate var brief: String {
    guard isFinite else { return "null" }
    var (decimals, size) = (7, magnitude)
    while size >= 10, decimals > 0 { (size, decimals) = (size / 10, decimals - 1) }
    while size > 0, size < 1, decimals < 18 { (size, decimals) = (size * 10, decimals + 1) }
    return (Double(fixed(decimals)) ?? self).shortest
  }
}
