import Charts
import Documents
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
