import Documents
import Foundation
import Testing

@testable import Traffic

@Suite("Traces")
struct RequestTraceTests {
  private func trace(_ text: String, name: String = "trace.csv") throws -> RequestTrace {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return try RequestTrace(contentsOf: file.path)
  }

  /// The first rows of Azure's conversation trace of 2023 (CC BY 4.0, Azure/AzurePublicDataset): 4.314579 s lie between the
  /// first two.
  @Test("of Azure's, with dates")
  func azure() throws {
    let trace = try trace(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n"
    )
    #expect(trace.rows.map(\.prompt) == [374, 396])
    #expect(trace.rows.map(\.output) == [44, 109])
    #expect(abs(trace.rows[1].arrival - 4.314579) < 1e-6)
    let pictures = try self.trace(
      "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-02-28T23:59:59.5Z,2,949,126\n2024-03-01T00:00:00Z,0,78,5\n"
    )
    // 2024 has a 29th of February: a day and half a second.
    #expect(pictures.rows[1].arrival == 86_400.5)
    #expect(pictures.requests(tokensPerPicture: 100, secondsPerPicture: 0.5).map(\.visual) == [200, 0])
    #expect(pictures.requests(tokensPerPicture: 100, secondsPerPicture: 0.5).map(\.tower) == [1, 0])
    // Of 2 x 300 counted visual tokens 2 x 100 are left.
    #expect(pictures.requests(tokensPerPicture: 100, reducedFrom: 300).map(\.prompt) == [549, 78])
  }

  @Test("of Mooncake's, in milliseconds, as a table and as JSON lines")
  func mooncake() throws {
    let table = try trace("timestamp_ms,input_length,output_length\n0,40160,6\n277,32140,92\n")
    let lines = try trace(
      "{\"timestamp\": 0, \"input_length\": 40160, \"output_length\": 6, \"hash_ids\": [0, 1]}\n\n"
        + "{\"timestamp\": 277, \"input_length\": 32140, \"output_length\": 92, \"hash_ids\": [2]}", name: "trace.jsonl"
    )
    #expect(table.rows.map(\.prompt) == lines.rows.map(\.prompt))
    #expect(table.rows.map(\.arrival) == [0, 0.277] && lines.rows.map(\.arrival) == [0, 0.277])
    // Seconds, as not all are whole.
    let seconds = (0...3).map { "{\"timestamp\": \(Double($0) / 2), \"prompt\": 1, \"output\": 1}" }
    #expect(
      try trace(seconds.joined(separator: "\n").replacing("1.0,", with: "1,"), name: "s.jsonl").rows.map(\.arrival)
        == [0, 0.5, 1, 1.5])
    #expect(lines.requests().map(\.hashes) == [[0, 1], [2]])
  }

  @Test("are put in order, and what has no tokens is left out, with a note")
  func order() throws {
    let trace = try trace("arrival,prompt,output\n5,1,2\n3,3,4\n4,0,4\n")
    #expect(
      trace.rows == [
        .init(arrival: 0, prompt: 3, output: 4, images: 0), .init(arrival: 2, prompt: 1, output: 2, images: 0),
      ])
    #expect(trace.notes.count == 2)
  }

  @Test(
    "that make no sense are refused with the place",
    arguments: [
      ("", "expected a line of column names"), ("arrival,prompt,output\n", "has no requests"),
      ("when,prompt,output\n1,2,3\n", "1:1: error: no column has the time of arrival"),
      ("arrival,prompt,output\n-1,2,3\n", "2:1: error: expected the time of arrival"),
      ("arrival,prompt,output\nnan,2,3\n", "2:1: error: expected the time of arrival"),
      ("arrival,prompt,output\n1,-2,3\n", "2:3: error: expected the tokens of the prompt"),
      ("arrival,prompt,output\n1,2,3.5\n", "2:5: error: expected the tokens of the answer"),
      ("arrival,prompt,output\n1,2\n", "expected 3 fields"),
      ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-13-16 18:15:46,1,1\n", "2:1: error: expected the time"),
    ])
  func refused(_ text: String, _ message: String) {
    let error = #expect(throws: Diagnostic.self) { try trace(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
