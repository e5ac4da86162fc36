internal import Documents
import Reports
import Testing

@Suite("Output formats")
struct OutputFormatTests {
  @Test("each name stands for its renderer")
  func renderers() {
    #expect(OutputFormat.allCases.map(\.rawValue) == ["table", "markdown", "csv", "json", "jsonl", "svg", "html"])
    #expect(sampleReport.rendered(as: .table) == TerminalRenderer().render(sampleReport))
    #expect(sampleReport.rendered(as: .markdown) == MarkdownRenderer().render(sampleReport))
    #expect(sampleReport.rendered(as: .csv) == CSVRenderer().render(sampleReport))
    #expect(sampleReport.rendered(as: .json) == JSONRenderer().render(sampleReport))
    #expect(sampleReport.rendered(as: .jsonl) == JSONLinesRenderer().render(sampleReport))
    #expect(sampleReport.rendered(as: .svg) == PictureRenderer().render(sampleReport))
    #expect(sampleReport.rendered(as: .html) == HTMLRenderer().render(sampleReport))
  }

  @Test("what nobody draws is no picture")
  func pictures() {
    #expect(throws: Diagnostic.self) { try sampleReport.check(for: .svg) }
    #expect(throws: Never.self) { try sampleReport.check(for: .html) }
  }

  @Test("width and colour matter to tables alone")
  func terminal() {
    for format in OutputFormat.allCases where format != .table {
      #expect(format.renderer(width: 20, usesColor: true).render(sampleReport) == sampleReport.rendered(as: format))
    }
    #expect(OutputFormat.table.renderer(usesColor: true).render(sampleReport).contains("\u{1B}["))
  }

  @Test func values() {
    #expect(OutputValue.text(nil) == .null)
    #expect(OutputValue.number(nil) == .null)
    #expect(OutputValue.boolean(nil) == .null)
    #expect(OutputValue.number(3) == .number(3.0))
    #expect(OutputRecord(["b": .null, "a": .null]).fields.map(\.key) == ["b", "a"])
  }
}
