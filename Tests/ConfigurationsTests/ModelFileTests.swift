import Architectures
import Configurations
import Documents
import Foundation
import Testing

@Suite struct ModelFileTests {
  private let base = """
    name: base
    title: Base
    language: { layers: 2, width: 8, heads: 4, kv_heads: 2, feed_forward: 10, vocabulary: 7, activation: silu }
    sources: { language: made up }
    """

  private func model(_ text: String, referring files: [String: String] = [:]) throws -> MultimodalModel {
    try MultimodalModel(file: try YAML.parse(Array(text.utf8), file: "m.yaml")) { (name, node) throws(Diagnostic) in
      guard let text = files[name] else { throw node.error("unknown model \(name)") }
      return try YAML.parse(Array(text.utf8), file: "\(name).yaml")
    }
  }

  private func error(_ text: String, referring files: [String: String] = [:]) -> String? {
    do {
      _ = try model(text, referring: files)
      return nil
    } catch { return "\(error)" }
  }

  private let child = """
    name: child
    title: Child
    language: { model: base, layers: 3 }
    sources: { language: made up }
    """

  @Test func referenceGivesWhatIsNotReplaced() throws {
    let model = try model(child, referring: ["base": base])
    #expect(model.language?.layers == 3)
    #expect(model.language?.block.kvHeads == 2)
    #expect(model.language?.block.headWidth == 2)
  }

  @Test func misspeltKeyOfAReferredModelIsRefused() {
    let typo = base.replacing("kv_heads", with: "kv_hedas")
    #expect(
      error(child, referring: ["base": typo])
        == "base.yaml:3:44: error: unknown key \"kv_hedas\" in the language part; did you mean \"kv_heads\"?")
  }

  @Test func circlesEnd() {
    let circle = base.replacing("layers: 2", with: "model: base")
    #expect(error(child, referring: ["base": circle])?.contains("in a circle or too deeply") == true)
  }

  @Test func everyPartNamesItsSource() {
    #expect(
      error(base.replacing("{ language: made up }", with: "{ parameters: made up }"))
        == "m.yaml:4:10: error: the list of sources lacks the required key \"language\"")
    #expect(
      error(base.replacing("made up }", with: "made up, vision: made up }"))
        == "m.yaml:4:39: error: a source for \"vision\", which the file does not have")
  }

  private let configured = """
    name: configured
    title: Configured
    config: {architectures: [Qwen2ForCausalLM], vocab_size: 100, hidden_size: 8, intermediate_size: 10,
      num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 1}
    sources: { language: made up }
    """

  @Test func partsOfConfigurationsCanBeReferredTo() throws {
    let text = child.replacing("layers: 3", with: "vocabulary: 120").replacing("model: base", with: "model: configured")
    let language = try #require(try model(text, referring: ["configured": configured]).language)
    #expect(language.vocabulary == 120)
    #expect(language.layers == 2)
    #expect(language.block.qkvBias)
    // A configuration itself, as in a config.json, is one, too.
    let bare =
      #"{"model_type": "qwen2", "vocab_size": 100, "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1}"#
    #expect(try model(text, referring: ["configured": bare]).language?.block.width == 8)
  }

  @Test func figuresOfConfigurationsThatCannotBeReplaced() {
    let text = child.replacing("model: base", with: "model: configured")
    #expect(
      error(text, referring: ["configured": configured])
        == "m.yaml:3:32: error: \"layers\" cannot be replaced where the part comes from a Hugging Face configuration; "
        + "only vocabulary, tied_embeddings, positions can")
    let vision = configured.replacing("[Qwen2ForCausalLM]", with: "[CLIPVisionModel]")
    #expect(
      error(text.replacing(", layers: 3", with: ""), referring: ["configured": vision])?
        .hasSuffix("the model \"configured\" has no language part") == true)
  }

  private let former = """
    name: former
    title: Former
    vision: { image_size: 28, patch_size: 14, channels: 3, layers: 1, width: 8, heads: 1, feed_forward: 9,
      activation: gelu }
    connector:
      query_former: { queries: 3, layers: 2, width: 6, heads: 2, feed_forward: 7, cross_attention_every: 2,
        vocabulary: 11, positions: 16 }
      widths: [6, 8]
    language: { layers: 2, width: 8, heads: 4, feed_forward: 10, vocabulary: 7, activation: silu }
    sources: { vision: made up, connector: made up, language: made up }
    """

  @Test func connectorOfOneProductNeedsNoActivation() throws {
    #expect(try model(former).connector?.activation == nil)
    #expect(
      error(former.replacing("widths: [6, 8]", with: "widths: [6, 7, 8]"))?
        .contains("lacks the required key \"activation\"") == true)
  }

  @Test func queryFormersCanBeReferredTo() throws {
    let start = try #require(former.range(of: "{ queries"))
    let end = try #require(former.range(of: "positions: 16 }"))
    let referring = former.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "{ model: other }")
    let other = try model(referring, referring: ["other": former])
    #expect(other.connector == (try model(former).connector))
    #expect(
      error(referring, referring: ["other": base])?
        .contains("has no \"connector query former\" part of its own to refer to") == true)
  }

  @Test func textLongerThanTheQueryFormersPositionsIsRefused() throws {
    let model = try model(former)
    let rules = Accounting.exact()
    _ = try rules.stages(model, Workload(visualTokens: 3, textTokens: 16))
    let error = try #require(throws: Diagnostic.self) {
      try rules.stages(model, Workload(visualTokens: 3, textTokens: 17))
    }
    #expect("\(error)".contains("has 16 positions; 17 text tokens are more"))
  }

  @Test(arguments: ["downsampler: ldp", "resampler: { queries: 3, width: 6, heads: 2 }"])
  func compressorsOfGridsRefuseTheClassToken(_ compressor: String) throws {
    // The released code of both computes the side of the grid from the number of tokens, and fails beside a square.
    let start = try #require(former.range(of: "query_former: {"))
    let end = try #require(former.range(of: "positions: 16 }"))
    var file = former.replacingCharacters(in: start.lowerBound..<end.upperBound, with: compressor)
    if compressor.hasPrefix("down") {
      file = file.replacing("widths: [6, 8]", with: "widths: [8, 8, 8]\n  activation: gelu")
    }
    #expect(try model(file).tokensPerImage == (compressor.hasPrefix("down") ? 1 : 3))
    let keeping = file.replacing("activation: gelu }", with: "activation: gelu, keep_class_token: true }")
    #expect(error(keeping)?.hasPrefix("m.yaml:6:3: error: the connector's ") == true, "\(error(keeping) ?? "")")
    #expect(error(keeping)?.contains("needs the patches in a grid") == true)
  }

  @Test func queryEncodersGetTokensOfTheirWidth() throws {
    let start = try #require(former.range(of: "query_former: {"))
    let end = try #require(former.range(of: "positions: 16 }"))
    func file(_ entry: String, in compressor: String = "query_encoder") -> String {
      former.replacingCharacters(
        in: start.lowerBound..<end.upperBound,
        with: "\(compressor): { queries: 3, layers: 2, width: 6, heads: 2, feed_forward: 7, activation: gelu }\(entry)")
    }
    #expect(try model(file("\n  entry: [{ product: 6 }]")).tokensPerImage == 3)
    for (entry, found) in [
      ("", "gets, 8, found 6"), ("\n  entry: [{ product: 4 }]", "gets, 4, found 6"),
      ("\n  entry: [{ merge: 2 }, { product: 6 }]", "is for every token in front of"),
    ] {
      let said = error(file(entry)) ?? ""
      #expect(said.contains(found), "\(said)")
    }
    let alone = former.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "entry: [{ product: 6 }]")
    #expect(error(alone)?.contains("is for every token in front of") == true)
  }

  @Test func aConnectorHasOneCompressor() {
    let second = former.replacing("  widths:", with: "  downsampler: ldp\n  widths:")
    #expect(
      error(second)?.contains("a connector has one of query_former, query_encoder, resampler, downsampler") == true)
  }
}
