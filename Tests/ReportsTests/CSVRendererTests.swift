internal import Documents
import Foundation
import Reports
import Testing

@Suite("CSV")
struct CSVRendererTests {
  @Test("a line of keys, one for each record and for the total; quotes where RFC 4180 asks for them")
  func wholeText() {
    #expect(
      CSVRenderer().render(sampleReport) == #"""
        name,count,fits,none,extra
        "a,b",576,true,,
        "say ""hi""",0.5,false,,x
        total,576.5,,,

        """#)
  }

  @Test func lineEnds() {
    var report = plainReport
    report.records = [
      OutputRecord(["a": .text("x\ny")]), OutputRecord(["a": .text("x\r\ny")]), OutputRecord(["a": .text("x\ry")]),
    ]
    #expect(CSVRenderer().render(report) == #"a|x\ny|x\r\ny|x\ry|"#.replacingOccurrences(of: "|", with: "\n"))
  }

  @Test("nested records are JSON within the cell")
  func nested() {
    var report = plainReport
    report.records = [
      OutputRecord([
        "stages": .records([
          OutputRecord(["stage": .text("vision"), "flops": .number(2)]), OutputRecord(["stage": .null]),
        ])
      ])
    ]
    #expect(
      CSVRenderer().render(report)
        == "stages\n\"[{\"\"stage\"\": \"\"vision\"\", \"\"flops\"\": 2}, {\"\"stage\"\": null}]\"\n")
  }

  @Test func notFinite() {
    var report = plainReport
    report.records = [
      OutputRecord(["a": OutputValue.number(Double.nan), "b": OutputValue.number(-Double.infinity), "c": .number(1)])
    ]
    #expect(CSVRenderer().render(report) == "a,b,c\n,,1\n")
  }
}
