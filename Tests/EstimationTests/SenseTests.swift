import Architectures
import Catalog
import Documents
import Estimation
import Operators
import Testing

/// What a script can ask for that makes no sense: a diagnostic, never a trap.
@Suite("Nonsense through the library")
struct SenseTests {
  private func error(
    _ model: MultimodalModel, tokens: Int = 0, text: Int = 5, accounting: Accounting = .exact()
  ) throws -> String? {
    do {
      _ = try Estimate(
        model, on: Catalog.standard.hardware("v100"), precision: .fp16, visualInput: .tokens(tokens), textTokens: text,
        accounting: accounting)
    } catch { return "\(error)" }
    return nil
  }

  private func language(
    layers: Int = 2, _ change: (inout TransformerBlock) -> Void = { _ in }
  ) -> MultimodalModel {
    var block = TransformerBlock.decoder(width: 8, heads: 2, kvHeads: 2, headWidth: 4, feedForward: 16)
    change(&block)
    return MultimodalModel(
      name: "m", title: "M", language: LanguageModel(layers: layers, block: block, vocabulary: 10))
  }

  @Test(arguments: [Int.max, Int.min, -1, 1_048_577])
  func numbersOfTokens(tokens: Int) throws {
    for name in ["vicuna-7b", "llava-1.5-7b", "llava-next-7b", "blip-2-13b"] {
      let model = try Catalog.standard.model(name)
      #expect(try error(model, tokens: tokens)?.contains("expected 1 to 1048576 tokens") == true)
      #expect(try error(model, tokens: 1, text: tokens)?.contains("expected 1 to 1048576 tokens") == true)
    }
  }

  @Test func modelsOfNothing() throws {
    for accounting in Accounting.all() {
      #expect(try error(language { $0.heads = 0 }, accounting: accounting)?.contains("heads") == true)
      #expect(try error(language(layers: -1), accounting: accounting)?.contains("layers") == true)
      #expect(
        try error(MultimodalModel(name: "m", title: "M"), accounting: accounting)?.contains("found neither") == true)
      // The rules themselves refuse it, too, where a script asks them alone.
      let workload = try Workload(visualTokens: 1, textTokens: 1)
      #expect(throws: Diagnostic.self) { try accounting.stages(language { $0.kvHeads = 0 }, workload) }
    }
    #expect(try error(language()) == nil)
  }

  @Test("more tokens than the model has positions are noted, context and output included")
  func positions() throws {
    var model = language()
    model.language?.positions = 100
    func note(text: Int, _ serving: Serving) throws -> String? {
      try Estimate(
        model, on: Catalog.standard.hardware("v100"), precision: .fp16, visualInput: .tokens(10), textTokens: text,
        serving: serving
      ).notes.first { $0.contains("positions") }
    }
    #expect(try note(text: 90, Serving()) == nil)
    #expect(
      try note(text: 91, Serving())
        == "101 tokens in a sequence, m was made for 100 positions: figures hold, answers may not")
    #expect(try note(text: 40, Serving(context: 30, outputTokens: 20)) == nil)
    #expect(try note(text: 40, Serving(context: 30, outputTokens: 21)) != nil)
    model.language?.positions = nil
    #expect(try note(text: 100_000, Serving()) == nil)
  }

  @Test("the built-in language models state their positions")
  func builtIn() throws {
    // From their published configurations: Vicuna v1.5 is LLaMA-2 of 4096, LLaMA of 2048, Mistral v0.1 of 32768.
    for (name, positions) in [
      ("vicuna-7b", 4096), ("llava-1.5-13b", 4096), ("llama-7b", 2048), ("instructblip-7b", 2048),
      ("mistral-7b", 32_768),
      ("deepseek-v3", 163_840), ("phi-2", 2048), ("llava-next-7b", 4096),
    ] {
      #expect(try Catalog.standard.model(name).language?.positions == positions, "\(name)")
    }
  }
}
