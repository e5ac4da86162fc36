internal import Documents
import Foundation
import Reports
import Testing

@Suite("Rows written while they are made")
struct RecordStreamTests {
  private static let records = [
    OutputRecord(["image": .text("a, \"b\".jpg"), "n": .number(1), "x": .null]),
    OutputRecord(["image": .text("c\n.png"), "n": .number(0.5), "x": .boolean(true)]),
  ]
  private static let report = Report(headings: [], tables: [], records: records)

  @Test("CSV is what the renderer writes of all rows at once")
  func csv() throws {
    var stream = try #require(RecordStream(.csv))
    var text = ""
    for record in Self.records { text += String(decoding: stream.next([record]), as: UTF8.self) }
    #expect(text + stream.end() == CSVRenderer().render(Self.report))
  }

  @Test("JSON has the same rows, and members behind them", arguments: [0, 1, 2])
  func json(count: Int) throws {
    var stream = try #require(RecordStream(.json))
    var text = ""
    for record in Self.records.prefix(count) { text += String(decoding: stream.next([record]), as: UTF8.self) }
    text += stream.end([
      .init(key: "images", value: .number(3)),
      .init(key: "summary", value: .records([OutputRecord(["mean": .number(2)])])),
    ])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["schema"] as? String == "roofline/2")
    #expect((object["rows"] as? [[String: Any]])?.count == count)
    #expect(object["images"] as? Int == 3)
    #expect((object["summary"] as? [[String: Any]])?.first?["mean"] as? Int == 2)
  }

  @Test("tables are no stream", arguments: [OutputFormat.table, .markdown, .svg, .html])
  func people(format: OutputFormat) { #expect(RecordStream(format) == nil) }
}
