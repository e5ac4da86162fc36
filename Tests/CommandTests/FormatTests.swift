import Foundation
import Testing

@Suite("Output formats of every subcommand")
struct FormatTests {
  /// Calls of every subcommand, and the keys that their JSON rows must begin with.
  private static let calls: [(arguments: [String], keys: [String])] = [
    (["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576,64"], EstimateTests.promisedKeys),
    (["--model", "llava-1.5-7b", "--gpu", "v100", "--tokens", "full"], EstimateTests.promisedKeys),
    (
      ["operators", "--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576"],
      [
        "stage", "name", "repeat", "flops", "executed_flops", "vector_flops", "weight_bytes", "activation_read_bytes",
        "activation_written_bytes", "kv_read_bytes", "kv_written_bytes", "seconds", "bound",
      ]
    ),
    (["list", "models"], ["name", "title"]), (["list", "hardware"], ["name", "title"]),
    (["list", "reducers"], ["name"]), (["show", "v100"], ["name", "figure", "value"]),
    (["show", "llava-1.5-7b"], ["name", "figure", "value"]),
    (["reduce", "--sample", "diagram"], ["reducer", "sample", "tokens_before", "tokens_after", "seconds"]),
  ]

  @Test("JSON that another reader takes, its keys in the promised order", arguments: calls.indices)
  func json(index: Int) throws {
    let (arguments, keys) = Self.calls[index]
    let run = try Command.run(arguments + ["--format", "json"])
    #expect(run.code == 0 && run.error == "")
    let object = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(object["schema"] as? String == "roofline/2")
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(!rows.isEmpty)
    let lines = run.output.split(separator: "\n").filter { $0.hasPrefix("    {") }
    #expect(lines.count == rows.count)
    for line in lines { #expect(Array(topLevelKeys(of: line).prefix(keys.count)) == keys) }
  }

  @Test("CSV with the same names as columns, and as many cells in every line", arguments: calls.indices)
  func csv(index: Int) throws {
    let arguments = Self.calls[index].arguments
    let json = try Command.run(arguments + ["--format", "json"])
    let first = try #require(json.output.split(separator: "\n").first { $0.hasPrefix("    {") })
    let csv = try Command.run(arguments + ["--format", "csv"])
    #expect(csv.code == 0 && csv.error == "")
    let rows = cells(ofCSV: csv.output)
    #expect(Array(rows[0].prefix(topLevelKeys(of: first).count)) == topLevelKeys(of: first))
    #expect(Set(rows.map(\.count)).count == 1)
    #expect(rows.count > 1)
  }

  @Test("Markdown: every line of the table has as many cells", arguments: calls.indices)
  func markdown(index: Int) throws {
    let run = try Command.run(Self.calls[index].arguments + ["--format", "markdown"])
    #expect(run.code == 0 && run.error == "")
    let table = run.output.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(table.count > 2)
    #expect(Set(table.map { $0.replacing("\\|", with: "").count { $0 == "|" } }).count == 1)
  }

  @Test("the table is the default, and without a terminal it has no escape codes", arguments: calls.indices)
  func table(index: Int) throws {
    // A reducer's run takes another time each time.
    let arguments = Self.calls[index].arguments
    let run = try Command.run(arguments)
    #expect(run.code == 0 && run.error == "")
    #expect(!run.output.contains("\u{1B}"))
    #expect(run.output.split(separator: "\n").contains { $0.hasPrefix("---") })
    #expect(!run.output.split(separator: "\n").contains { $0.hasSuffix(" ") })
    if arguments[0] == "reduce" { return }
    #expect(try Command.run(arguments + ["--format", "table"]).output == run.output)
  }

  @Test("the operators of an estimate add up to it")
  func operators() throws {
    let call = ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--precision", "int4", "--format", "json"]
    func object(_ arguments: [String]) throws -> [String: Any] {
      let data = Data(try Command.run(arguments).output.utf8)
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let estimate = try #require((object(call)["rows"] as? [[String: Any]])?.first)
    let report = try object(["operators"] + call)
    let rows = try #require(report["rows"] as? [[String: Any]])
    let total = try #require(report["total"] as? [String: Any])
    for (key, estimated) in [
      ("flops", "flops"), ("vector_flops", "vector_flops"), ("seconds", "prefill_seconds"),
      ("activation_read_bytes", "activation_read_bytes"), ("activation_written_bytes", "activation_written_bytes"),
    ] {
      let sum = try rows.reduce(0.0) {
        $0 + (try #require($1[key] as? Double)) * (try #require($1["repeat"] as? Double))
      }
      #expect(abs(sum - (try #require(estimate[estimated] as? Double))) <= 1e-12 * sum)
      #expect(abs(sum - (try #require(total[key] as? Double))) <= 1e-12 * sum)
    }
  }

  /// The keys of one JSON record on a line, those of nested records left out.
  private func topLevelKeys(of line: Substring) -> [String] {
    var keys: [String] = []
    var (depth, inText, text, last) = (0, false, "", "")
    var escaped = false
    for character in line {
      if inText {
        if escaped {
          escaped = false
        } else if character == "\\" {
          escaped = true
        } else if character == "\"" {
          inText = false
          last = text
        } else {
          text.append(character)
        }
        continue
      }
      switch character {
      case "\"": (inText, text) = (true, "")
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case ":" where depth == 1: keys.append(last)
      default: break
      }
    }
    return keys
  }

  /// The cells of a CSV text, by RFC 4180.
  private func cells(ofCSV text: String) -> [[String]] {
    var rows: [[String]] = [[]]
    var (cell, quoted) = ("", false)
    for character in text {
      switch character {
      case "\"": quoted.toggle()
      case "," where !quoted:
        rows[rows.count - 1].append(cell)
        cell = ""
      case "\n" where !quoted:
        rows[rows.count - 1].append(cell)
        cell = ""
        rows.append([])
      default: cell.append(character)
      }
    }
    return rows.dropLast()
  }
}
