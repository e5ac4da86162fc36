import Foundation
import Testing

@Suite("One question, many rows")
struct SweepTests {
  private let call = ["--model", "vicuna-7b", "--gpu", "v100,a100-80gb", "--tokens", "64..192:64", "--batch", "1,2"]

  @Test(
    "a question that is written and read back gives the same bytes",
    arguments: [
      [], ["--format", "json"], ["--format", "jsonl", "--sort", "TTFT", "--top", "3"],
      ["--format", "csv", "--where", "batch==2 && fits", "--columns", "batch,TTFT"], ["--pareto", "TTFT,batch:desc"],
      ["--generate", "5", "--price-per-hour", "v100=1.5", "--price-per-hour", "2", "--format", "csv"],
    ])
  func questions(options: [String]) throws {
    let folder = try TemporaryFolder()
    // How to write the answer is no part of the question.
    let format = options.firstIndex(of: "--format").map { Array(options[$0...($0 + 1)]) } ?? []
    let question = "\(folder.path)/q.json"
    #expect(
      try Command.run(call + options.filter { !format.contains($0) } + ["--print-question", "--output", question]).code
        == 0)
    let direct = try Command.run(call + options)
    #expect(direct.code == 0)
    #expect(try Command.run(["--question", question] + format).output == direct.output)
    if format == ["--format", "json"] {
      // An answer holds its question.
      let answer = "\(folder.path)/a.json"
      #expect(try Command.run(call + ["--output", answer]).code == 0)
      #expect(try Command.run(["--question", answer] + format).output == direct.output)
    }
  }

  @Test("options stand in front of the parts of a question that is read")
  func precedence() throws {
    let folder = try TemporaryFolder()
    let question = "\(folder.path)/q.json"
    _ = try Command.run(call + ["--print-question", "--output", question])
    let rows = try Command.rows("--question", question, "--batch", "3", "--gpu", "t4", "--precision", "fp16")
    #expect(rows.compactMap { $0["batch"] as? Int } == [3, 3, 3])
    #expect(rows.compactMap { $0["hardware"] as? String } == ["t4", "t4", "t4"])
  }

  @Test("JSON lines are the rows of JSON, one a line")
  func lines() throws {
    let lines = try Command.run(call + ["--format", "jsonl"]).output.split(separator: "\n")
    // 2 devices x 2 precisions x 2 batches x 3 numbers of tokens.
    #expect(lines.count == 24)
    let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary }
    let rows = try Command.rows(call).map { $0 as NSDictionary }
    #expect(objects == rows)
  }

  @Test("differences from an answer before are given for every row, and rows that are no longer asked for are counted")
  func baseline() throws {
    let folder = try TemporaryFolder()
    let before = "\(folder.path)/before.json"
    _ = try Command.run(call + ["--output", before])
    let same = try Command.rows(call + ["--baseline", before])
    #expect(same.allSatisfy { $0["change_expected_total_seconds"] as? Double == 0 })
    #expect(
      same.allSatisfy { $0["baseline_expected_total_seconds"] as? Double == $0["expected_total_seconds"] as? Double })
    // What all rows have in common may change: another device takes the times of its own question.
    let one = ["--model", "vicuna-7b", "--precision", "fp16,int4", "--tokens", "none"]
    let (small, large) = ("\(folder.path)/v100.json", "\(folder.path)/a100.json")
    _ = try Command.run(one + ["--gpu", "v100", "--output", small])
    _ = try Command.run(one + ["--gpu", "a100-80gb", "--output", large])
    let now = try Command.run(["--question", small, "--gpu", "a100-80gb", "--baseline", small, "--format", "csv"])
    #expect(now.error.contains("hardware: v100 before, now a100-80gb") && !now.error.contains("rows are not in"))
    func times(_ path: String) throws -> [Double] {
      let text = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
      return (text?["rows"] as? [[String: Any]] ?? []).compactMap { $0["expected_total_seconds"] as? Double }
    }
    let changed = try Command.rows(["--question", small, "--gpu", "a100-80gb", "--baseline", small])
      .compactMap { $0["change_expected_total_seconds"] as? Double }
    let wanted = try zip(times(large), times(small)).map { $0 / $1 - 1 }
    #expect(changed.count == 2 && zip(changed, wanted).allSatisfy { abs($0 - $1) < 1e-12 } && wanted[0] < -0.1)
    let more = try Command.run(call + ["--batch", "3", "--baseline", before, "--format", "csv"])
    // 2 devices x 2 precisions x 3 numbers of tokens of a third batch.
    #expect(more.code == 0 && more.error.contains("12 rows are not in \(before)"))
    let few = try Command.run(["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "64", "--baseline", before])
    #expect(few.error.contains("22 rows of \(before) are not asked for now"))
    expectDataError(
      try Command.run(call + ["--baseline", "\(folder.path)/none.json"]), at: "\(folder.path)/none.json", "")
  }

  @Test("operators of several devices stand side by side, with shares that add up")
  func operators() throws {
    let rows = try Command.rows(
      "operators", "--model", "vicuna-7b", "--gpu", "v100,a100-80gb", "--engine", "none")
    for device in ["v100", "a100-80gb"] {
      let shares = rows.filter { $0["hardware"] as? String == device }.compactMap { $0["expected_share"] as? Double }
      #expect(shares.count > 5 && abs(shares.reduce(0, +) - 1) < 1e-9)
    }
    expectWrongCall(
      try Command.run(["operators", "--model", "vicuna-7b", "--gpu", "v100", "--batch", "1,2"]),
      "give one --batch, found 2")
  }

  @Test("a table never drops what tells its rows apart")
  func identity() throws {
    let table = try Command.output(
      "--model", "llava-1.5-7b", "--gpu", "v100", "--tokens", "64,144,576", "--precision", "fp16")
    let lines = table.split(separator: "\n")
    let head = try #require(lines.firstIndex { $0.hasPrefix("visual") })
    #expect(
      lines[(head + 2)...(head + 4)].map { $0.split(separator: " ").first.map(String.init) } == ["64", "144", "576"])
  }
}
