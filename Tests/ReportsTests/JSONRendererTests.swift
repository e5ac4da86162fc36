internal import Documents
import Foundation
import Reports
import Testing

@Suite("JSON")
struct JSONRendererTests {
  @Test("schema first, one record a line, keys in their order")
  func wholeText() {
    #expect(
      JSONRenderer().render(sampleReport) == #"""
        {
          "schema": "roofline/2",
          "version": "0.1.0",
          "rows": [
            {"name": "a,b", "count": 576, "fits": true, "none": null},
            {"name": "say \"hi\"", "count": 0.5, "fits": false, "extra": "x"}
          ],
          "total": {"name": "total", "count": 576.5}
        }

        """#)
  }

  @Test func withoutRecords() {
    var report = plainReport
    report.recordsKey = "devices"
    #expect(
      JSONRenderer().render(report)
        == "{\n  \"schema\": \"roofline/2\",\n  \"version\": \"0.1.0\",\n  \"devices\": []\n}\n")
  }

  @Test(
    "every text comes back from another reader as it was",
    arguments: [
      "", "\"\\/", "\u{0}\u{1}\u{1F}\u{7F}", "\n\r\t\u{8}\u{C}", "ä€\u{1D11E}🦙", "\u{2028}\u{FEFF}", "e\u{301}",
      "</script>",
    ])
  func texts(text: String) throws {
    #expect(try value(.text(text)) as? String == text)
  }

  @Test(
    "every finite number comes back as the same number",
    arguments: [
      0, -0.0, 1, 0.1, 1.0 / 3, 8_177_644_994_560, 1.529e23, 1e308, -1e-308, .leastNonzeroMagnitude, 0x1p53,
    ])
  func numbers(number: Double) throws {
    #expect(try value(.number(number)) as? Double == number)
  }

  @Test("JSON has no NaN and no infinity", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(number: Double) throws {
    #expect(try value(OutputValue.number(number)) is NSNull)
    #expect(OutputValue.number(Optional(number)) == .null)
  }

  /// What Foundation reads where this renderer wrote `value`.
  private func value(_ value: OutputValue) throws -> Any? {
    var report = plainReport
    report.records = [OutputRecord(["key": value])]
    let text = JSONRenderer().render(report)
    #expect(text.split(separator: "\n").count == 7)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return (object?["rows"] as? [[String: Any]])?.first?["key"]
  }
}
