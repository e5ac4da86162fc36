import Architectures
import Configurations
import Documents
import Operators
import Testing

/// Figures that no model has, by all ways in which a model is made.
@Suite("What the figures of a model keep to")
struct ModelSenseTests {
  @Test(
    "a configuration is refused at the figure, also where nothing depends on it",
    arguments: [
      ("llama", "\"max_position_embeddings\": -4096"), ("llama", "\"max_position_embeddings\": 0"),
      ("llama", "\"sliding_window\": -1"), ("mistral", "\"sliding_window\": 0"), ("qwen2", "\"sliding_window\": -1"),
      ("qwen2", "\"max_window_layers\": -1"), ("deepseek_v3", "\"moe_layer_freq\": 0"),
      ("llama", "\"moe_layer_freq\": 0"), ("deepseek_v3", "\"first_k_dense_replace\": -1"),
      ("qwen3_moe", "\"decoder_sparse_step\": 0"), ("llama", "\"num_key_value_heads\": 0"),
    ])
  func configurations(type: String, entry: String) throws {
    let text = "{\"model_type\": \"\(type)\",\n \(entry)}"
    let error = try #require(throws: Diagnostic.self) {
      try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "m")
    }
    #expect(error.position?.line == 2)
    #expect(error.message.contains(String(entry.prefix { $0 != ":" })))
  }

  @Test(
    "pairs of elements are rotated",
    arguments: [
      // A half of 6, 5 of latent attention, a head of 5, 12 elements in 4 heads.
      #"{"model_type": "phi", "hidden_size": 12, "num_attention_heads": 2}"#,
      #"{"model_type": "deepseek_v3", "qk_rope_head_dim": 5}"#, #"{"model_type": "qwen3", "head_dim": 5}"#,
      #"{"model_type": "llama", "hidden_size": 12, "num_attention_heads": 4, "num_key_value_heads": 4}"#,
    ])
  func rotary(text: String) throws {
    let error = try #require(throws: Diagnostic.self) {
      try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "m")
    }
    #expect(error.description.hasPrefix("config.json:1:1: error: expected an even rotary width"))
  }

  @Test("in a model file, too, which tells all that is wrong at once")
  func modelFiles() throws {
    func errors(_ language: String) throws -> [Diagnostic] {
      let text = """
        name: m
        title: M
        language: \(language)
        sources: { language: made up }
        """
      let error = try #require(throws: Diagnostic.self) {
        try MultimodalModel(file: YAML.parse(Array(text.utf8), file: "m.yaml")) { (_, node) throws(Diagnostic) in node }
      }
      return [error] + error.further
    }
    let sound = "layers: 2, width: 12, heads: 4, feed_forward: 16, vocabulary: 9, activation: silu"
    #expect(try errors("{ \(sound) }").map(\.message).first?.hasPrefix("expected an even rotary width") == true)
    #expect(try errors("{ \(sound), positions: -1 }").first?.message.contains("\"positions\"") == true)
    let wrong = try errors(
      "{ layers: -2, width: 12, heads: 0, feed_forward: 16, vocabulary: many, activation: silly, qkv_bias: 3 }")
    #expect(wrong.map { $0.position?.line } == [3, 3, 3, 3, 3])
    #expect(Set(wrong.map { $0.position?.column }).count == 5)
  }

  private static func plain(_ change: (inout TransformerBlock) -> Void = { _ in }) -> LanguageModel {
    var block = TransformerBlock.decoder(width: 8, heads: 2, kvHeads: 1, headWidth: 4, feedForward: 16)
    change(&block)
    return LanguageModel(layers: 2, block: block, vocabulary: 10)
  }

  @Test("and so is a model that was made in code")
  func values() throws {
    func flaw(_ language: LanguageModel?, vision: MultimodalModel.Vision? = nil, images: Int = 1) -> String? {
      var model = MultimodalModel(name: "m", title: "M", vision: vision, language: language)
      model.images = images
      do { try model.validate() } catch { return error.message }
      return nil
    }
    #expect(flaw(Self.plain()) == nil)
    #expect(flaw(nil) == "m: expected a vision encoder or a language model, found neither")
    #expect(flaw(Self.plain(), images: 0)?.contains("images of a request to be from 1 to 4096, found 0") == true)
    #expect(flaw(Self.plain { $0.heads = 0 })?.contains("heads to be from 1 to 16384, found 0") == true)
    #expect(flaw(Self.plain { $0.window = -1 })?.contains("window to be from 1") == true)
    #expect(flaw(Self.plain { $0.rotaryWidth = 3 })?.contains("even rotary width") == true)
    #expect(flaw(Self.plain { $0.rotaryWidth = 6 })?.contains("rotary width to be from 0 to 4, found 6") == true)
    #expect(
      flaw(
        Self.plain {
          $0.kvHeads = 3; $0.heads = 4
        })?.contains("3 key heads to divide the 4 heads") == true)
    #expect(
      flaw(Self.plain { $0.experts = MixtureOfExperts(count: 2, perToken: 3, feedForward: 4) })?.contains(
        "experts of a token to be from 1 to 2, found 3") == true)
    var language = Self.plain()
    language.positions = -4096
    #expect(flaw(language)?.contains("positions to be from 1") == true)
    language = LanguageModel(layers: -3, block: language.block, vocabulary: 10)
    #expect(flaw(language)?.contains("layers to be from 1 to 4096, found -3") == true)
    let block = TransformerBlock.encoder(width: 8, heads: 2, headWidth: 4, feedForward: 16, activation: .gelu)
    let encoder = VisionEncoder(imageSize: 4, patchSize: 14, layers: 1, block: block)
    #expect(
      flaw(Self.plain(), vision: .init(encoder: encoder, layersUsed: 1))?.contains("patches to be from 1") == true)
    let some = VisionEncoder(imageSize: 28, patchSize: 14, layers: 1, block: block)
    #expect(flaw(nil, vision: .init(encoder: some, layersUsed: 2))?.contains("layers used to be from 0 to 1") == true)
  }

  @Test("a layer of a schedule has one number of tokens")
  func schedules() throws {
    func error(_ changes: [TokenSchedule.Change]) throws -> String? {
      let schedule = TokenSchedule(initial: 9, changes: changes)
      do { _ = try Workload(visualTokens: schedule, textTokens: 1) } catch { return error.message }
      return nil
    }
    #expect(try error([.init(fromLayer: 2, tokens: 5), .init(insideLayer: 2, tokens: 4)]) == nil)
    #expect(
      try error([.init(fromLayer: 2, tokens: 5), .init(fromLayer: 2, tokens: 4)])?
        .hasSuffix("found both 5 and 4 tokens from layer 2 on") == true)
    #expect(try error([.init(fromLayer: -1, tokens: 5)])?.hasSuffix("found a layer -1, the first is 0") == true)
  }

  @Test("DeepSeek's moe_layer_freq says every how many layers is a mixture")
  func expertLayers() throws {
    let text =
      #"{"model_type": "deepseek_v3", "num_hidden_layers": 6, "first_k_dense_replace": 1, "moe_layer_freq": 2}"#
    let model = try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "m")
    // Of layers 0 to 5 those from 1 on that 2 divides: 2 and 4.
    let kinds = model.language?.stack.runs.flatMap { run in
      Array(repeating: run.block.experts != nil, count: run.layers)
    }
    #expect(kinds == [false, false, true, false, true, false])
  }
}
