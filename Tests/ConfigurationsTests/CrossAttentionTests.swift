import Architectures
import Configurations
import Documents
import Operators
import Quantities
import Testing

/// Layers that read images between those of a language model; parameters and FLOPs against transformers stand in
/// ConfigTests, traffic here is derived by hand.
///
/// Two layers of width w = 8 with 2 heads of 4 and f = 10 inside, one cross-attention layer before each; images of
/// width v = 6: 3 x 3 patches and a class token, t = 10 visual tokens; n = 5 tokens of text.
@Suite struct CrossAttentionTests {
  static let config = #"""
    {"architectures": ["IdeficsForVisionText2Text"], "vocab_size": 7, "hidden_size": 8, "intermediate_size": 10,
     "num_hidden_layers": 2, "num_attention_heads": 2, "vision_config": {"embed_dim": 6, "image_size": 42,
     "patch_size": 14, "intermediate_size": 9, "num_hidden_layers": 1, "num_attention_heads": 1}}
    """#

  private func model(_ text: String = config) throws -> MultimodalModel {
    try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "test")
  }

  private func prefill(_ visual: Int, _ kernels: Accounting.Kernels = .fused) throws -> [Operator] {
    let language = try #require(try model().language)
    return try language.operators(
      Workload(visualTokens: visual, textTokens: 5).prefill(of: language), kernels: kernels)
  }

  private func traffic(_ operators: [Operator]) -> Traffic {
    operators.reduce(.zero) { $0 + $1.cost(at: .fp16).traffic * Double($1.repeatCount) }
  }

  @Test func visualTokensStandInNoPrompt() throws {
    let language = try #require(try model().language)
    #expect(try model().tokensPerImage == 10)
    #expect(try language.prompt(Workload(visualTokens: 10, textTokens: 5)).initial == 5)
    let embedding = try #require(try prefill(10).first)
    // Five rows of the table are read and written, none of an image.
    #expect(traffic([embedding]).total == Bytes(2 * 5 * 8 * 2))
  }

  @Test(arguments: Accounting.Kernels.allCases) func fewerVisualTokensChangeCrossAttentionAlone(
    _ kernels: Accounting.Kernels
  ) throws {
    let all = try prefill(10, kernels)
    let few = try prefill(4, kernels)
    #expect(all.map(\.name) == few.map(\.name))
    let changed = zip(all, few).filter { $0 != $1 }.map(\.0.name.description)
    let core =
      kernels == .fused ? ["core"] : ["scores", "scale", "mask", "softmax", "values"]
    #expect(Set(changed) == Set(["cross.key", "cross.value"] + core.map { "cross.attention.\($0)" }))
  }

  @Test func imagesAreProjectedInEveryLayerAndCached() throws {
    let all = try prefill(10)
    let keys = all.filter { ["cross.key", "cross.value"].contains($0.name) }
    #expect(keys.map(\.repeatCount) == [2, 2])
    // Two layers, keys and values each: 6 x 8 weights, 10 x 6 elements read, 10 x 8 written to the cache.
    #expect(traffic(keys).weights == Bytes(4 * 48 * 2))
    #expect(traffic(keys).activationsRead == Bytes(4 * 60 * 2))
    #expect(traffic(keys).cacheWritten == Bytes(4 * 80 * 2))
    let cores = all.filter { $0.name == "cross.attention.core" }
    #expect(traffic(cores).cacheRead == Bytes(4 * 80 * 2))
    // 4 q k a d = 4 x 5 x 10 x 8 FLOPs a layer.
    #expect(cores.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) } == 2 * 1600)
    // The cache holds keys and values of 5 tokens of text and 10 of the image, of width 8, in two layers each.
    let language = try #require(try model().language)
    let pass = try Workload(visualTokens: 10, textTokens: 5).prefill(of: language)
    #expect(language.cacheElements(after: pass) == 2 * 2 * 8 * 15)
  }

  @Test func imagesAreProjectedFirstWhileTheTextWaits() throws {
    let all = try prefill(10)
    #expect(all.dropFirst().prefix(3).map(\.name) == ["cross.key", "cross.value", "cross.attention.norm"])
    // The images of 10 x 6 elements are read and the text of 5 x 8 stays; keys go to the cache, which is counted apart.
    let key = try #require(all.first { $0.name == "cross.key" })
    #expect(key.cost(at: .fp16).liveActivations == Bytes((60 + 40) * 2))
  }

  @Test func bothNamesOfTheImagesWidthAreRead() throws {
    // IdeficsVisionConfig(embed_dim=6, hidden_size=12) of transformers 5.23.0 has 12 for both.
    let both = Self.config.replacing(#""embed_dim": 6"#, with: #""embed_dim": 6, "hidden_size": 12"#)
    #expect(try model(both).vision?.encoder.block.width == 12)
    let alone = Self.config.replacing(#""embed_dim": 6"#, with: #""hidden_size": 12"#)
    #expect(try model(alone).vision?.encoder.block.width == 12)
    let neither = try model(Self.config.replacing(#""embed_dim": 6, "#, with: ""))
    #expect(neither.vision?.encoder.block.width == 768)
    #expect(neither.sources.first { $0.part == "vision" }?.assumed.contains("embed_dim") == true)
  }

  @Test func onlyTheVeryFirstNormHasNothingToAdd() throws {
    // Fused norms write the sum as well as the normalised elements: twice 5 x 8, the first one once.
    let norms = try prefill(10).filter { $0.name.description.hasSuffix("attention.norm") }
    let written = norms.map { ($0.name, $0.repeatCount, traffic([$0.repeated(1)]).activationsWritten) }
    #expect(written.map(\.0) == ["cross.attention.norm", "cross.attention.norm", "attention.norm"])
    #expect(written.map(\.1) == [1, 1, 2])
    #expect(written.map(\.2) == [Bytes(40 * 2), Bytes(80 * 2), Bytes(80 * 2)])
  }

  @Test func whatCannotBeCountedIsRefused() throws {
    let model = try model()
    #expect(throws: Diagnostic.self) { try Accounting.exact().stages(model, Workload(visualTokens: 10, textTokens: 0)) }
    let workload = try Workload(visualTokens: 10, textTokens: 5)
    for accounting in [Accounting.llmViewer, .fastV, .sparseVLM] {
      #expect(throws: Diagnostic.self) { try accounting.stages(model, workload) }
    }
  }

  @Test(arguments: [
    (#""num_hidden_layers": 2, "cross_layer_interval": 3"#, "expected \"cross_layer_interval\" to divide the 2 layers"),
    (#""num_hidden_layers": 2, "alpha_type": "both""#, "expected \"alpha_type\" to be float or vector"),
  ])
  func absurdConfigurationsAreRefused(_ change: String, _ message: String) throws {
    let text = Self.config.replacing(#""num_hidden_layers": 2"#, with: change)
    let error = try #require(throws: Diagnostic.self) { try model(text) }
    #expect("\(error)".contains(message))
    #expect("\(error)".hasPrefix("config.json:2:"))
  }
}
