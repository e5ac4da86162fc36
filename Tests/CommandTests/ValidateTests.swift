import Foundation
import Testing

@Suite("roofline validate, for machines")
struct ValidateTests {
  private let folder: TemporaryFolder
  private let operators: String
  private let prefills: String

  init() throws {
    folder = try TemporaryFolder()
    let header = "hardware,operator,precision,rows,inner,columns,seconds,source\n"
    // 2 x 4096^3 FLOPs at 312 TFLOP/s take 441 us: the first row is too fast, the second is far too slow.
    let rows = ["0.0001,x", "0.1,\"y, z\"", "0.0006,x"].map { "a100,matmul,fp16,4096,4096,4096,\($0)\n" }
    operators = try folder.write("operators.csv", Array((header + rows.joined()).utf8))
    let text = "model,precision,batch,prompt_tokens,device,seconds\nVicuna 7B,fp16,2,100,a100,0.03\n"
    prefills = try folder.write("prefills.csv", Array(text.utf8))
  }

  private func json(_ arguments: String...) throws -> [String: Any] {
    let output = try Command.run(["validate", "--measurements"] + arguments + ["--format", "json"]).output
    return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  @Test("rows have the ten keys that the format promises")
  func keys() throws {
    let object = try json(operators)
    let row = try #require((object["rows"] as? [[String: Any]])?.first)
    let keys =
      "hardware operator precision count ideal_median_ape ideal_p90_ape ideal_bias "
      + "expected_median_ape expected_p90_ape expected_bias"
    #expect(Set(row.keys) == Set(keys.split(separator: " ").map(String.init)))
    #expect(Set(object.keys) == ["schema", "version", "rows", "suspect"] && object["suspect"] as? Int == 1)
    let header = try Command.output("validate", "--measurements", operators, "--format", "csv").prefix { $0 != "\n" }
    #expect(header == keys.split(separator: " ").joined(separator: ","))
  }

  @Test("--worst lists rows, farthest off first, in every format")
  func worst() throws {
    let object = try json(operators, "--worst", "2")
    let worst = try #require(object["worst"] as? [[String: Any]])
    #expect(worst.compactMap { $0["line"] as? Int } == [3, 2])
    #expect((object["suspects"] as? [[String: Any]])?.compactMap { $0["line"] as? Int } == [2])
    let keys: Set = [
      "line", "hardware", "operator", "precision", "sizes", "measured_seconds", "ideal_seconds", "expected_seconds",
      "source",
    ]
    #expect(Set(try #require(worst.first).keys) == keys)
    #expect(worst.first?["measured_seconds"] as? Double == 0.1 && worst.first?["source"] as? String == "y, z")
    let csv = try Command.output("validate", "--measurements", operators, "--worst", "1", "--format", "csv")
    #expect(
      csv.hasPrefix("line,hardware,operator,precision,sizes,measured_seconds,ideal_seconds,expected_seconds,source\n3,")
    )
    #expect(csv.hasSuffix(",\"y, z\"\n") && csv.split(separator: "\n").count == 2)
  }

  @Test("rows of whole models say what was run")
  func wholeModels() throws {
    let row = try #require((try json(prefills, "--worst", "1")["worst"] as? [[String: Any]])?.first)
    #expect(row["model"] as? String == "vicuna-7b" && row["batch"] as? Int == 2)
    #expect(row["tokens"] as? Int == 100 && row["devices"] as? Int == 1)
  }

  @Test("thousands of names that the catalog lacks are looked up in it, and nowhere else")
  func unknownNames() throws {
    let header = "model,precision,batch,prompt_tokens,device,seconds\n"
    let rows = (0..<10_000).map { "m\($0),fp16,1,\($0 + 1),./g\($0).yaml,0.1\n" }
    let path = try folder.write("names.csv", Array((header + "Vicuna 7B,fp16,2,100,a100,0.03\n" + rows.joined()).utf8))
    // A lookup that suggests names takes milliseconds: all of them would take longer than a call of a test may.
    let run = try Command.run(["validate", "--measurements", path])
    #expect(run.code == 0 && run.output.contains("10000 rows of models that the catalog lacks"), "\(run.error)")
  }
}
