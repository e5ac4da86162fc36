import Architectures
import Charts
import Documents
import Engines
import Estimation
import Foundation
import Hardware
import Operators
import Quantities
import Questions
import Reports
import Testing

@Suite("Pages")
struct HTMLRendererTests {
  @Test("hold headings, tables with what machines read, totals apart, and notes")
  func parts() {
    let page = HTMLRenderer().render(sampleReport)
    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">") && page.hasSuffix("</html>\n"))
    #expect(page.contains("<h1>Model on Device</h1>") && page.contains("<p class=\"answer\">prefill | batch 1</p>"))
    #expect(page.contains("<th scope=\"col\" class=\"n\">time</th>"))
    #expect(page.contains("<tr><td>fp16</td><td class=\"n\">76.9 ms</td><td>compute</td><td class=\"n\">576</td></tr>"))
    #expect(page.contains("<li>second *note*</li>"))
  }

  @Test("show foreign text as text, and hand it to CSV as CSV has it")
  func foreignText() {
    let name = "<b onclick=\"x\">&\u{202E}\u{7}"
    let report = Report(
      headings: [name], table: ReportTable([.text(name)], caption: name, rows: [[name], ["=1+1"], ["a,b"]]),
      notes: [name],
      records: [])
    let page = HTMLRenderer().render(report)
    let shown = "&lt;b onclick=&quot;x&quot;&gt;&amp;\\u{202E}\\u{07}"
    #expect(page.contains("<h1>\(shown)</h1>") && page.contains("<li>\(shown)</li>"))
    #expect(page.contains("<td data-v=\"'=1+1\">=1+1</td>") && page.contains("<td data-v=\"&quot;a,b&quot;\">a,b</td>"))
    #expect(!page.contains("<b onclick") && !page.unicodeScalars.contains("\u{202E}"))
    #expect(!page.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  /// What sliders hold: their values, and of each setting the figures, what bounds it and whether it fits.
  private struct Sliders: Decodable {
    struct Axis: Decodable { var values: [Int] }
    struct Setting: Decodable {
      var name: String
      var figures: [[Double?]]
      var fits: String
    }
    var axes: [Axis]
    var settings: [Setting]

    init(_ page: String) throws {
      let start = try #require(page.range(of: "data-figures=\"")).upperBound
      var text = String(page[start...].prefix { $0 != "\"" })
      for (entity, character) in [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
        text = text.replacingOccurrences(of: entity, with: character)
      }
      self = try JSONDecoder().decode(Sliders.self, from: Data(text.utf8))
    }
  }

  /// Video-LLaVA reads a video as tokens alone: two lengths of it are one setting.
  @Test("have no setting twice that sliders do not tell apart")
  func repeated() throws {
    var question = Question()
    for (name, text) in [("model", "video-llava-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("frames", "1,8")] {
      try question.set(name, to: [text])
    }
    var rows = try RandomStudies.rows(question)
    var report = Report(&rows)
    report.addPage(rows, of: question)
    #expect(rows.count > 1)
    #expect(try Sliders(HTMLRenderer().render(report)).settings.count == 1)
  }

  /// Every setting at the places that were asked, against the row of the table: by an engine's times, its use of memory
  /// and its limit, over several devices, and of images of several sizes.
  @Test(
    "say with their sliders what the table says, whatever runs the model",
    arguments: [
      [
        ("model", "llava-1.5-7b"), ("gpu", "v100"), ("precision", "fp16,int8"), ("engine", "vllm,none,tensorrt-llm"),
        ("tokens", "full"), ("batch", "1,32,64"), ("generate", "64"),
      ],
      [
        ("model", "llava-1.5-7b"), ("gpu", "v100,a100-80gb"), ("precision", "int4"), ("tokens", "64,576"),
        ("memory-utilization", "0.5,0.9"), ("engine", "vllm"), ("context", "0,100"),
      ],
      [
        ("model", "qwen2.5-vl-7b"), ("gpu", "h100-sxm"), ("precision", "fp8"), ("tensor-parallel", "1,2"),
        ("image-size", "224x224,896x896"), ("text-tokens", "40,700"), ("generate", "1,5"),
      ],
      // 28 heads over three devices: vLLM does not run that, though memory is there.
      [
        ("model", "llava-onevision-7b"), ("gpu", "h100-sxm"), ("precision", "fp16"), ("engine", "vllm"),
        ("tensor-parallel", "3,1"), ("tokens", "100,200"),
      ],
    ])
  func sliders(parts: [(String, String)]) throws {
    var question = Question()
    for (name, text) in parts { try question.set(name, to: [text]) }
    var rows = try RandomStudies.rows(question)
    var report = Report(&rows)
    report.addPage(rows, of: question)
    let sliders = try Sliders(HTMLRenderer().render(report))
    let axes = sliders.axes.map(\.values)
    let fits = try #require(report.tables.first?.columns.firstIndex { $0.heading == "fits" })
    var settings: [[String]] = []
    for index in rows.indices {
      let (estimate, cells) = (rows[index].estimate, report.tables[0].rows[index])
      let setting = [
        "\(estimate.hardware.name) \(estimate.precision.name) \(estimate.serving)", "\(estimate.engine)",
        "\(estimate.model)",
      ]
      if !settings.contains(setting) { settings.append(setting) }
      let drawn = sliders.settings[settings.firstIndex(of: setting) ?? 0]
      let places = try zip(axes, [estimate.visualTokens, estimate.workload.textTokens, estimate.workload.batch]).map {
        try #require($0.firstIndex(of: $1))
      }
      let place = (places[0] * axes[1].count + places[1]) * axes[2].count + places[2]
      let request = rows[index].expectedRequest
      let times: [Seconds?] = [estimate.expectedTotalSeconds, estimate.totalSeconds]
      let bytes: [Bytes?] = [estimate.footprint.total, estimate.excess]
      let whole: [Seconds?] = [request?.timePerOutputToken, request?.request]
      func milliseconds(_ times: [Seconds?]) -> [Double?] { times.map { time in time.map { $0.value * 1e3 } } }
      let megabytes: [Double?] = bytes.map { bytes in bytes.map { $0.value / 1e6 } }
      let expected = milliseconds(times) + megabytes + milliseconds(whole)
      for (number, figure) in drawn.figures.enumerated() {
        let (found, wanted) = (figure[place], expected[number])
        let isSame = found == wanted || abs((found ?? .nan) - (wanted ?? .nan)) <= 1e-6 * (wanted ?? .nan)
        #expect(isSame, "\(drawn.name), figure \(number): \(found as Any), not \(wanted as Any)")
      }
      let letter = Array(drawn.fits)[place]
      #expect(letter == cells[fits].first, "\(drawn.name): \(letter), not \(cells[fits])")
    }
    #expect(settings.count == sliders.settings.count && Set(sliders.settings.map(\.name)).count == settings.count)
  }

  @Test("show every figure of the engine with its source")
  func engines() throws {
    var question = Question(models: ["llava-1.5-7b"], devices: ["v100"])
    try question.set("engine", to: ["vllm,none"])
    try question.set("memory-utilization", to: ["0.8"])
    var rows = try RandomStudies.rows(question)
    var report = Report(&rows)
    report.addPage(rows, of: question)
    let section = try #require(report.sections.first { $0.title.hasSuffix(", memory utilization 0.8") })
    let figures = section.tables[0].rows
    #expect(figures.contains { $0[0] == "utilization" && $0[1] == "0.8" && $0[3] == "asked for" })
    #expect(figures.contains { $0[0] == "host: step" && !$0[2].isEmpty && $0[2] != "unverified" })
  }

  @Test("of an answer have sliders, operators, sources and the question, fetch nothing, and stay below 2 MB")
  func answer() throws {
    var question = Question(models: ["llava-1.5-7b"], devices: ["all"])
    try question.set("tokens", to: ["full,adaptive"])
    try question.set("generate", to: ["64"])
    try question.set("batch", to: ["1..64*2"])
    var rows = try RandomStudies.rows(question, limit: 1000)
    var report = Report(&rows)
    try report.draw(rows, of: question, as: nil, all: rows.count)
    report.addPage(rows, of: question)
    let page = HTMLRenderer().render(report)
    #expect(rows.count == 1000 && page.utf8.count < 2_000_000, "\(page.utf8.count)")
    for text in ["<input type=\"range\" id=\"slider-2\"", "Operator by operator", "What it rests on", "attention.qkv"] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(page.contains("\n  &quot;gpu&quot;: &quot;all&quot;,\n"))
    for address in ["src=", "href=", "url(", "@import", "fetch(", "http:", "import("] {
      #expect(!page.contains(address), "\(address)")
    }
  }
}
