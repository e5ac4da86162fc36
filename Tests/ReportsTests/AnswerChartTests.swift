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
    for (name, text) in parts { try question.set(name, to: text.split(separator: " ").map(String.init)) }
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
    // Each line runs through the points of its own colour, from the left to the right.
    let lines = drawing.lines.filter { $0.classes.contains("line") && $0.points.count > 2 }
    #expect(lines.count == 2)
    for line in lines {
      let points = drawing.points.filter { $0.series == line.series }.sorted { $0.x < $1.x }
      #expect(points.count == 9 && points.map { [$0.x, $0.y] } == line.points.map { [$0.x, $0.y] })
    }
  }

  @Test("what is generated is drawn against the whole request, whose first token it does not touch")
  func outputs() throws {
    let (drawing, rows) = try drawn(Self.setting + [("tokens", "full"), ("generate", "1..64*2")])
    var expected: Set<[Double]> = []
    for var row in rows {
      let request = try #require(row.expectedRequest?.request)
      expected.insert([Double(row.estimate.workload.outputTokens), request.value])
    }
    #expect(
      Set(drawing.points.map { [$0.data["x"] ?? 0, $0.data["y"] ?? 0] }) == expected && expected.count == 14)
  }

  /// Qwen2.5-VL makes a token of 28 x 28 pixels: 8 x 8, 16 x 16, 32 x 32 and 48 x 48 of them.
  @Test("sizes of images are the places of one line, not lines of one point")
  func sizes() throws {
    let (drawing, _) = try drawn([
      ("model", "qwen2.5-vl-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"),
      ("image-size", "224x224,448x448,896x896,1344x1344"),
    ])
    #expect(drawing.points.map { $0.data["x"] } == [64, 256, 1024, 2304])
    #expect(drawing.lines.filter { $0.classes.contains("line") && $0.points.count == 4 }.count == 1)
  }

  /// On a V100 arithmetic bounds a prefill of many tokens, and INT4 weights are computed with in FP16: equal times, while
  /// FP16 weights alone do not leave room for 8 sequences and more.
  @Test("lines that lie on one another are named, and rings have the colour of their line")
  func coincidence() throws {
    let (drawing, rows) = try drawn([
      ("model", "llava-1.5-7b"), ("gpu", "v100"), ("precision", "fp16,int4"), ("tokens", "full"), ("batch", "1..64*2"),
    ])
    #expect(drawing.texts.contains { $0.text == "These lie on one another: fp16; int4." })
    for (series, precision) in [("0", "fp16"), ("1", "int4")] {
      let misfits = rows.filter { $0.estimate.precision.name == precision && $0.estimate.fits == false }
      #expect(drawing.rings.filter { $0.series ?? "" == series }.count == misfits.count)
    }
    #expect(rows.filter { $0.estimate.fits == false }.count > 4)
  }

  @Test("of too many rows the fastest are drawn, fastest first")
  func fastest() throws {
    let (drawing, rows) = try drawn([
      ("model", "llava-1.5-7b"), ("gpu", "all"), ("precision", "fp16"), ("tokens", "full"),
    ])
    let times = rows.map(\.estimate.expectedTotalSeconds.value).sorted()
    // Expected times have the high bars.
    let tall = drawing.bars.map(\.box.height).max() ?? 0
    let rowBars = Dictionary(grouping: drawing.bars.filter { $0.box.height > tall - 1 }, by: \.box.y)
    let ends = rowBars.sorted { $0.key < $1.key }.map { $0.value.compactMap { $0.data["to"] }.max() ?? 0 }
    #expect(times.count > 70 && abs((ends.first ?? 0) / times[0] - 1) < 1e-9)
    #expect(ends.count == 40 && ends == ends.sorted() && abs((ends.last ?? 0) / times[39] - 1) < 1e-9)
    #expect(drawing.texts.contains { $0.text.hasPrefix("The fastest 40 of \(times.count) rows") })
  }

  @Test("what is far off is said in words, so that the others have room")
  func farOff() throws {
    let (drawing, rows) = try drawn(
      [("model", "llava-1.5-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("tokens", "full")]
        + [("reducer", "sequential:140 sequential:144 spatial:11x13 tome:r=19")], as: .reducers)
    #expect(rows.count == 5 && drawing.points.count { $0.chart == 0 } == 4)
    #expect(drawing.points.allSatisfy { ($0.data["x"] ?? 0) < 145 })
    #expect(drawing.texts.contains { $0.text.hasPrefix("Far outside of the picture: all tokens: 576 visual tokens") })
  }

  @Test("a front is its rows")
  func front() throws {
    let (drawing, rows) = try drawn(
      Self.setting + [("tokens", "full"), ("batch", "1..64*2"), ("pareto", "TTFT,memory")])
    let expected = Set(
      rows.map { [$0.estimate.expectedTotalSeconds.value, $0.estimate.footprint.total.value] })
    #expect(Set(drawing.points.map { [$0.data["x"] ?? 0, $0.data["y"] ?? 0] }) == expected)
  }

  /// A device as its file has it: bytes a second, FLOPs a second of FP16 on matrix units and of FP32 on vector units, and
  /// what these are called on the chart. A GeForce is faster where it sums up in FP16, and no kernel beats that.
  struct Roofs: Sendable {
    var device: String
    var bandwidth, matrix, vector: Double
    var names: [String]
  }

  @Test(
    "no operator lies above the roof of its own units, and the roofs are those of the device",
    arguments: [
      Roofs(
        device: "v100", bandwidth: 900e9, matrix: 112e12, vector: 14e12,
        names: ["FP16 matrix units, 112 TFLOP/s", "FP32 vector units, 14.0 TFLOP/s"]),
      Roofs(
        device: "h100-sxm", bandwidth: 3350e9, matrix: 989.4e12, vector: 66.9e12,
        names: ["FP16 matrix units, 989 TFLOP/s", "FP32 vector units, 66.9 TFLOP/s"]),
      Roofs(
        device: "rtx-4090", bandwidth: 1008e9, matrix: 330.3e12, vector: 82.6e12,
        names: ["FP16 matrix units with sums in FP16, 330 TFLOP/s", "FP32 vector units, 82.6 TFLOP/s"]),
    ])
  func roofline(roofs: Roofs) throws {
    let (_, rows) = try rows([
      ("model", "llava-1.5-7b"), ("gpu", roofs.device), ("precision", "fp16"), ("tokens", "full"), ("generate", "32"),
      ("batch", "8"),
    ])
    var report = Report.operators(of: rows.map(\.estimate))
    try report.draw(operatorsOf: rows.map(\.estimate), step: nil, as: nil)
    let drawing = try Drawing(report.rendered(as: .svg))
    for name in roofs.names { #expect(drawing.texts.contains { $0.text == name }, "\(name)") }
    let ridges = drawing.points.filter { $0.figures.hasPrefix("ridge point") }
    let peaks = ridges.compactMap { $0.data["y"] }.sorted()
    #expect(peaks.count == 2 && zip(peaks, [roofs.vector, roofs.matrix]).allSatisfy { abs($0 / $1 - 1) < 1e-12 })
    #expect(ridges.allSatisfy { abs(($0.data["x"] ?? 0) * roofs.bandwidth / ($0.data["y"] ?? 1) - 1) < 1e-9 })
    // Operators by their names: those without products have the vector units alone.
    let estimate = rows[0].estimate
    let operations = (estimate.stages.flatMap(\.operators) + (estimate.decode?.last.operators ?? [])).map(\.operation)
    let products = Set(operations.filter { $0.executedFLOPs > .zero }.map(\.name.description))
    let operators = drawing.points.filter { !$0.figures.hasPrefix("ridge point") }
    var kinds = Set<Bool>()
    for point in operators {
      let (x, y) = (try #require(point.data["x"]), try #require(point.data["y"]))
      let name = String(point.figures.prefix { $0 != ":" && $0 != " " })
      kinds.insert(products.contains(name))
      let peak = products.contains(name) ? roofs.matrix : roofs.vector
      #expect(y <= min(peak, x * roofs.bandwidth) * (1 + 1e-9), "\(point.figures)")
    }
    #expect(kinds == [true, false])
    // A point for every operator that computes.
    let computing = operations.count { $0.executedFLOPs > .zero || $0.executedVectorFLOPs > .zero }
    #expect(operators.count == computing)
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
