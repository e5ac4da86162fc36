import Catalog
import Estimation
import Hardware
import Operators
import Questions
import Testing

@testable import Reports

@Suite("Which rows a note is about")
struct RowSubjectsTests {
  private func estimates(devices: [String]) throws -> [Estimate] {
    let catalog = Catalog.standard
    return try Study(
      catalog.model("vicuna-7b"), on: devices.map { try catalog.hardware($0) }, precisions: [.fp16, .int8, .int4],
      visualInputs: [.tokens(64), .tokens(128)]
    ).rows().map(\.estimate)
  }

  @Test("in the fewest words that say exactly these")
  func subjects() throws {
    // Rows: a device after the other, of each the precisions, of each both inputs.
    let subjects = RowSubjects(try estimates(devices: ["v100", "t4"]))
    #expect(subjects.subject(of: Array(0..<12)) == "")
    #expect(subjects.subject(of: [0, 1, 6, 7]) == "fp16")
    #expect(subjects.subject(of: [0, 2, 4, 6, 8, 10]) == "64 tokens")
    #expect(subjects.subject(of: Array(6..<12)) == "t4")
    #expect(subjects.subject(of: [2, 3]) == "int8 on v100")
    #expect(subjects.subject(of: [4, 10]) == "int4 with 64 tokens")
    #expect(subjects.subject(of: [5]) == "int4 with 128 tokens on v100")
    #expect(subjects.subject(of: [0, 1, 2, 3, 6, 7, 8, 9]) == "fp16, int8")
  }

  @Test("each once, in the order of their first rows")
  func notes() throws {
    let estimates = try estimates(devices: ["v100", "t4", "l4"])
    let names = (0..<estimates.count).map { String(UnicodeScalar(UInt8(97 + $0))) }
    let notes = RowSubjects(estimates).notes(
      estimates.enumerated().map { ["note \(names[$0])", "all", $1.hardware.name, "all"] })
    #expect(notes.count == estimates.count + 1 + 3)
    #expect(notes[0] == "fp16 with 64 tokens on v100: note a")
    #expect(notes[1] == "all")
    #expect(notes[2] == "v100: v100")
  }
}
