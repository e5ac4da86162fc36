import Catalog
import Documents
import Engines
import Hardware
import Quantities
import Testing

/// A made-up engine.
private let sample = """
  name: sample
  title: Sample Engine
  aliases: [sample-alias]
  default_for: [{ kind: gpu }, { kind: soc, vendor: Apple }]
  memory:
    utilization: { value: 0.8, source: manual }
    context: { value: 300 MiB, source: unverified, note: a note }
    tensor_context: { value: 2 GiB, source: manual }
    block_tokens: { value: 16, source: manual }
    groups_layers: true
    largest_pass:
      tokens: { value: 2048, source: manual }
      sequences: { value: 256, source: manual }
      large:
        from: { value: 70 GiB, source: manual }
        except: a100
        tokens: { value: 8192, source: manual }
        sequences: { value: 1024, source: manual }
      logit_bytes: { value: 12 B, source: manual }
      widths_beside_logits: { value: 2, source: manual }
      widths_beside_layer: { value: 4, source: manual }
  sources:
    manual: "the manual"
  notes: ["a note"]
  """

private func engine(_ text: String) throws -> Engine {
  try Engine(file: YAML.parse(Array(text.utf8), file: "e.yaml"))
}

/// Reads engine files, and says what is wrong with them.
struct EngineFileTests {
  @Test func readsEveryFigure() throws {
    let engine = try engine(sample)
    #expect(engine.name == "sample")
    #expect(engine.aliases == ["sample-alias"])
    let memory = engine.memory
    #expect(memory.utilization.value.value == 0.8)
    #expect(memory.context.value.value == 300 * 1024 * 1024)
    #expect(!memory.context.isVerified)
    #expect(memory.context.note == "a note")
    #expect(memory.context(tensor: 2, pipeline: 1).stated == "2 GiB")
    // No context of pipelines is given.
    #expect(memory.context(tensor: 1, pipeline: 2).stated == "300 MiB")
    #expect(memory.utilization.sources.map(\.text) == ["the manual"])
    #expect(memory.groupsLayers)
  }

  @Test func passesAreLargerOnDevicesWithMuchMemory() throws {
    let pass = try #require(try engine(sample).memory.largestPass)
    let catalog = Catalog.standard
    #expect(pass.size(on: try catalog.hardware("h100-sxm")).tokens.value.value == 8192)
    #expect(pass.size(on: try catalog.hardware("a100-80gb")).tokens.value.value == 2048)
    #expect(pass.size(on: try catalog.hardware("rtx-4090")).sequences.value.value == 256)
  }

  /// One slip each, with the place where it is and what the error says.
  @Test(arguments: [
    ("value: 0.8", "value: 8", 6, 25, "from 0.01 to 1"), ("value: 0.8", "value: 90 %", 6, 25, "number"),
    ("300 MiB", "300 m", 7, 21, "memory"), ("300 MiB", "2 s", 7, 21, "memory"),
    ("context: { value: 300 MiB, source: unverified", "context: { value: 300 MiB, source: book", 7, 38, "not listed"),
    ("block_tokens: { value: 16", "blocktokens: { value: 16", 9, 3, "did you mean \"block_tokens\"?"),
    ("groups_layers: true", "groups_layers: maybe", 10, 18, "true or false"),
    ("kind: soc", "kind: sock", 4, 38, "one of gpu"),
    ("    tokens: { value: 2048, source: manual }\n", "", 12, 5, "lacks the required key \"tokens\""),
    ("except: a100", "except: ''", 16, 15, "empty"),
    ("  utilization: { value: 0.8, source: manual }\n", "", 6, 3, "lacks the required key \"utilization\""),
  ])
  func placesErrors(_ slip: (old: String, new: String, line: Int, column: Int, says: String)) throws {
    #expect(sample.contains(slip.old))
    let range = try #require(sample.range(of: slip.old))
    let text = sample.replacingCharacters(in: range, with: slip.new)
    let error = #expect(throws: Diagnostic.self) { try engine(text) }
    #expect(
      error?.position.map { [$0.line, $0.column] } == [slip.line, slip.column], "\(slip.new): \(error?.message ?? "")")
    #expect(error?.message.contains(slip.says) == true, "\(error?.message ?? "")")
  }

  @Test func tellsAllErrorsAtOnce() throws {
    let text = sample.split(separator: "\n").map {
      $0.contains("source: manual") ? $0.replacing("manual", with: "x") : $0
    }
    let error = #expect(throws: Diagnostic.self) { try engine(text.joined(separator: "\n")) }
    // Every figure but the unverified one.
    #expect(error?.further.count == 10)
  }
}

extension String {
  fileprivate func range(of part: String) -> Range<Index>? { firstRange(of: part) }
  fileprivate func replacingCharacters(in range: Range<Index>, with other: String) -> String {
    self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
