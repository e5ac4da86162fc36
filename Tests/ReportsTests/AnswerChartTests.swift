import Architectures
import Catalog
import Charts
import Documents
import Estimation
import Foundation
import Operators
import Quantities
import Questions
import Reports
import Serving
import Testing

@Suite("Pictures of answers")
struct AnswerChartTests {
  private func report(_ rows: inout [RowFigures], _ columns: [Questions.Column]) -> Report {
    Report(&rows, named: columns)
  }

  /// All pictures that a report has, at the width of a file and at that of narrow screens.
  private func drawings(_ report: Report) throws -> [Drawing] {
    try [Drawing(report.rendered(as: .svg))]
      + report.charts.map { try Drawing(SVGRenderer.fragment($0, width: 420, id: "a")) }
  }

  @Test("of 200 random studies: no text is cut or lies on another, and marks lie at their figures")
  func geometry() throws {
    var studies = RandomStudies(seed: 22)
    var kinds: [String: Int] = [:]
    for number in 0..<200 {
      var (question, rows, columns) = try studies.study()
      let plain = report(&rows, columns)
      // As is usual, and as one of the others, in turn.
      for kind in [ChartKind?.none, ChartKind.allCases[number % ChartKind.allCases.count]] {
        var drawn = plain
        do throws(Diagnostic) {
          try drawn.draw(rows, of: question, as: kind, all: rows.count)
        } catch {
          // What does not fit a question says so; what is drawn unasked fits every one.
          #expect(kind != nil, "\(number): \(error)")
          continue
        }
        kinds[kind?.rawValue ?? "", default: 0] += 1
        for drawing in try drawings(drawn) {
          #expect(drawing.faults == [], "study \(number), \(kind?.rawValue ?? "unasked"): \(question.json)")
          #expect(drawing.misplaced == [], "study \(number), \(kind?.rawValue ?? "unasked"): \(question.json)")
        }
      }
    }
    // Pictures of files are drawn elsewhere.
    #expect(Set(kinds.keys) == Set(["", "stages", "roofline", "lines", "front", "reducers"]), "\(kinds)")
  }

  private func rows(_ parts: [(String, String)]) throws -> (Question, [RowFigures]) {
    var question = Question()
    for (name, text) in parts { try question.set(name, to: [text]) }
    return (question, try RandomStudies.rows(question))
  }

  private func drawn(_ parts: [(String, String)], as kind: ChartKind? = nil) throws -> (Drawing, [RowFigures]) {
    var (question, rows) = try rows(parts)
    var report = report(&rows, try question.rows.namedColumns())
    try report.draw(rows, of: question, as: kind, all: rows.count)
    return (try Drawing(report.rendered(as: .svg)), rows)
  }

  private static let setting = [("model", "llava-1.5-7b"), ("gpu", "v100,a100-80gb"), ("precision", "fp16")]

  @Test("bars add up to the times of their rows")
  func stages() throws {
    let (drawing, rows) = try drawn(Self.setting + [("tokens", "full,adaptive"), ("generate", "8")])
    let ends = Dictionary(grouping: drawing.bars, by: \.box.y).mapValues { $0.compactMap { $0.data["to"] }.max() ?? 0 }
    for row in rows {
      let request = try #require(row.estimate.expectedRequest?.request.value)
      #expect(ends.values.contains { abs($0 / request - 1) < 1e-12 })
    }
    // Host, vision, connector, prefill and decode, and of reduced rows the reduction; a bar for each of two times.
    #expect(drawing.bars.count == 2 * (5 + 6 + 5 + 6))
  }

  @Test("a sweep is lines over what is swept, a point a row")
  func lines() throws {
    let (drawing, rows) = try drawn(Self.setting + [("tokens", "64..576:64")])
    let expected = Set(rows.map { [Double($0.estimate.visualTokens), $0.estimate.expectedTotalSeconds.value] })
    #expect(Set(drawing.points.map { [$0.data["x"] ?? 0, $0.data["y"] ?? 0] }) == expected && expected.count == 18)
    #expect(drawing.texts.contains { $0.text == "v100" } && drawing.texts.contains { $0.text == "a100-80gb" })
  }

  @Test("a front is its rows")
  func front() throws {
    let (drawing, rows) = try drawn(
      Self.setting + [("tokens", "full"), ("batch", "1..64*2"), ("pareto", "TTFT,memory")])
    let expected = Set(
      rows.map { [$0.estimate.expectedTotalSeconds.value, $0.estimate.footprint.total.value] })
    #expect(Set(drawing.points.map { [$0.data["x"] ?? 0, $0.data["y"] ?? 0] }) == expected)
  }

  /// The V100's file: 900 GB/s, FP16 on matrix units 112 TFLOP/s, FP32 on vector units 14 TFLOP/s. So the ridge points lie
  /// at 112e12 / 900e9 = 124.4 and at 14e12 / 900e9 = 15.6 FLOP/B.
  @Test("no operator lies above its roof, and the roofs are those of the device")
  func roofline() throws {
    let (_, rows) = try rows([("model", "llava-1.5-7b"), ("gpu", "v100"), ("precision", "fp16"), ("tokens", "full")])
    var report = Report.operators(of: rows.map(\.estimate))
    try report.draw(operatorsOf: rows.map(\.estimate), step: nil, as: nil)
    let drawing = try Drawing(report.rendered(as: .svg))
    let ridges = drawing.points.filter { [112e12, 14e12].contains(($0.data["y"] ?? 0).rounded()) }
    #expect(ridges.count == 2)
    #expect(ridges.allSatisfy { abs(($0.data["x"] ?? 0) * 900e9 / ($0.data["y"] ?? 1) - 1) < 1e-9 })
    for point in drawing.points {
      let (x, y) = (try #require(point.data["x"]), try #require(point.data["y"]))
      #expect(y <= min(112e12, x * 900e9) * (1 + 1e-9))
    }
    // A point for every operator that computes, besides the two ridge points.
    let computing = rows[0].estimate.stages.flatMap(\.operators).count {
      $0.operation.executedFLOPs > .zero || $0.operation.executedVectorFLOPs > .zero
    }
    #expect(drawing.points.count == computing + 2)
  }

  @Test("what does not fit a question is refused with what to do")
  func refusals() throws {
    let (question, rows) = try rows(Self.setting + [("tokens", "full")])
    for (kind, hint) in [(ChartKind.lines, "--batch"), (.front, "--pareto"), (.tokens, "--image")] {
      var report = Report(headings: [], table: ReportTable([], rows: []), records: [])
      #expect {
        try report.draw(rows, of: question, as: kind, all: rows.count)
      } throws: {
        "\($0)".contains(hint)
      }
    }
  }

  /// A fleet under load of random size, in rows of one or several loads, against the figures of its requests.
  @Test("of 40 random fleets: no text is cut or lies on another, and marks lie at their figures")
  func fleets() throws {
    var kinds: [String: Int] = [:]
    for number in 0..<40 {
      let loads = [
        ("rate", ["3", "2,9", "1,4,16,64", "30"][number % 4]), ("concurrency", ["1", "1..64*4", "7,8"][number % 3]),
      ]
      var question = Question()
      for (name, text) in [
        ("model", ["vicuna-7b", "llava-1.5-7b,vicuna-7b"][number / 20]),
        ("gpu", ["a100-80gb", "h100-sxm,v100"][number % 2]),
        ("precision", "fp16"), ("tokens", "none"), ("text-tokens", ["20", "lognormal:mean=300,cv=1"][number % 2]),
        ("generate", ["1", "30", "uniform:min=1,max=90"][number % 3]), ("requests", "\(1 + 7 * number)"),
        ("seed", "\(number)"),
        loads[number % 2],
      ] {
        try question.set(name, to: [text])
      }
      let study = try LoadStudy(question, in: .standard)
      let rows = try (0..<study.count).map { RowFigures(try study.row($0)) }
      for kind in [ChartKind?.none, .latency, .timeline, .lines] {
        var report = Report(loads: rows)
        do throws(Diagnostic) { try report.draw(loads: rows, of: question, as: kind) } catch {
          #expect(kind == .timeline || kind == .lines, "\(number): \(error)")
          continue
        }
        kinds[kind?.rawValue ?? "", default: 0] += 1
        for drawing in try drawings(report) {
          #expect(drawing.faults == [], "fleet \(number), \(kind?.rawValue ?? "unasked"): \(question.json)")
          #expect(drawing.misplaced == [], "fleet \(number), \(kind?.rawValue ?? "unasked"): \(question.json)")
        }
      }
    }
    #expect(Set(kinds.keys) == Set(["", "latency", "timeline", "lines"]), "\(kinds)")
  }

  @Test("a distribution of latencies has the percentiles that the row has")
  func latencies() throws {
    var question = Question()
    for (name, text) in [
      ("model", "vicuna-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("tokens", "none"), ("generate", "9"),
      ("rate", "30"), ("requests", "120"), ("warmup", "20"),
    ] {
      try question.set(name, to: [text])
    }
    let load = try LoadStudy(question, in: .standard).row(0)
    var report = Report(loads: [RowFigures(load)])
    try report.draw(loads: [RowFigures(load)], of: question, as: .latency)
    let points = try Drawing(report.rendered(as: .svg)).points.map { [$0.data["x"] ?? 0, $0.data["y"] ?? 0] }
    let expected: [[Double]] = [load.figures.ttft, load.figures.tpot].flatMap {
      (times: ServingFigures.Times) -> [[Double]] in
      [[times.p50, 50], [times.p90, 90], [times.p95, 95], [times.p99, 99]]
    }
    #expect(Set(points) == Set(expected))
  }
}
