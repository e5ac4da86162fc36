import Architectures
import Configurations
import Documents
import Testing

/// Models written twice, in a model file and as a configuration whose counts come from transformers: equal in all figures,
/// and so in all costs.
@Suite("Every kind of layer in a model file") struct LayerKeyTests {
  private func model(_ text: String) throws -> MultimodalModel {
    try MultimodalModel(file: YAML.parse(Array(text.utf8), file: "m.yaml")) { (name, node) throws(Diagnostic) in
      throw node.error("unknown model \(name)")
    }
  }

  private func language(_ keys: String) throws -> LanguageModel? {
    try model("name: m\ntitle: M\nlanguage: { width: 48, vocabulary: 101, \(keys) }\nsources: { language: made up }")
      .language
  }

  /// Sizes of families/*.json.
  private static let usual = "layers: 5, heads: 6, kv_heads: 2, feed_forward: 56, positions: 128, activation: silu"
  private static let experts = "count: 5, per_token: 2, feed_forward: 56"

  @Test(arguments: [
    (
      "gemma3",
      "layers: 5, heads: 6, kv_heads: 2, feed_forward: 56, positions: 128, activation: gelu_tanh, head_width: 12, "
        + "arrangement: sandwiched, query_key_norm: rms, window: 9, tied_embeddings: true, scales_embeddings: true"
    ),
    (
      "gpt-oss",
      "\(usual), head_width: 12, qkv_bias: true, output_bias: true, sinks: true, experts: { \(experts), router_bias: true, "
        + "expert_bias: true }, layer_kinds: { window: { window: 128 } }, pattern: [window, base]"
    ),
    (
      "opt-post-norm",
      "layers: 3, heads: 6, feed_forward: 56, positions: 64, activation: relu, norm: layer, gated: false, qkv_bias: true, "
        + "output_bias: true, feed_forward_bias: true, rotary_width: 0, arrangement: normed_sums, tied_embeddings: true, "
        + "learned_positions: 66, embedding_width: 20, norms_end: false"
    ),
    ("olmo2", "\(usual), arrangement: post_normed, query_key_norm: rms, norms_all_heads: true"),
    (
      "llama4",
      "layers: 5, heads: 6, kv_heads: 2, feed_forward: 72, positions: 128, activation: silu, head_width: 12, "
        + "query_key_norm: rms_without_weight, window: 8192, chunked: true, layer_kinds: { "
        + "mixture: { experts: { count: 5, per_token: 1, feed_forward: 56, shared_feed_forward: 56 } }, "
        + "whole: { experts: { count: 5, per_token: 1, feed_forward: 56, shared_feed_forward: 56 }, window: none, "
        + "chunked: false, rotary_width: 0, query_key_norm: none } }, pattern: [base, mixture, base, whole]"
    ),
    (
      "qwen3-next",
      "\(usual), head_width: 16, rotary_width: 4, query_key_norm: rms, gated_output: true, experts: { count: 6, "
        + "per_token: 2, feed_forward: 20, shared_feed_forward: 28, shared_gate: true }, layer_kinds: { net: { "
        + "attention: false, recurrence: { kind: gated_delta, key_heads: 3, value_heads: 6, key_width: 8, value_width: 12, "
        + "kernel: 4 } } }, pattern: [net*3, base]"
    ),
    (
      "mamba2",
      "layers: 3, heads: 1, head_width: 2, feed_forward: 0, activation: silu, attention: false, recurrence: { kind: mamba2, "
        + "heads: 12, head_width: 8, groups: 2, state: 16, kernel: 4 }"
    ),
    (
      "jamba",
      "\(usual), rotary_width: 0, layer_kinds: { mamba: { attention: false, recurrence: { kind: mamba, channels: 96, "
        + "state: 7, step_rank: 9, kernel: 4, norm: rms } }, mixture: { attention: false, recurrence: { kind: mamba, "
        + "channels: 96, state: 7, step_rank: 9, kernel: 4, norm: rms }, experts: { count: 4, per_token: 2, "
        + "feed_forward: 56 } }, attending: { experts: { count: 4, per_token: 2, feed_forward: 56 } } }, "
        + "pattern: [mamba, attending, mamba, mixture, base]"
    ),
    (
      "deepseek-v32",
      "layers: 5, heads: 6, feed_forward: 56, positions: 128, activation: silu, head_width: 10, latent: { query_rank: 20, "
        + "rank: 14, rotary_width: 4, value_width: 5 }, indexer: { heads: 3, head_width: 8, positions: 5 }, "
        + "experts: { count: 8, per_token: 2, feed_forward: 20, shared_feed_forward: 20 }, "
        + "layer_kinds: { dense: { experts: none } }, pattern: [dense, base*4]"
    ),
  ])
  func equalsItsConfiguration(_ name: String, _ keys: String) throws {
    let expected = try #require(try FamilyTests.model(name).language)
    let written = try #require(try language(keys))
    #expect(written.layers == expected.layers)
    for (written, expected) in zip(written.stack.runs, expected.stack.runs) { #expect(written == expected) }
    #expect(written == expected)
  }

  @Test("windows, biases, layer scale, merged patches and deepstack of a tower")
  func tower() throws {
    let text = """
      name: m
      title: M
      vision:
        image_size: 64
        patch_size: 8
        channels: 3
        layers: 4
        width: 16
        heads: 2
        feed_forward: 24
        activation: silu
        norm: rms
        gated: true
        class_token: false
        pre_norm: false
        post_norm: false
        learned_positions: false
        frames_per_patch: 2
        rotary_width: 8
        layer_scale: channel
        windows: { side: 4, layers: 3 }
        pixels: { cell: 16, min: 1024, max: 16384 }
      connector:
        steps: [{ norm: rms }, { merge: 4 }, { product: 64 }, { activation: gelu }, { product: 48, bias: false }]
        deepstack: { layers: 2, steps: [{ merge: 4 }, { norm: layer }, { product: 48 }] }
      language: { width: 48, vocabulary: 101, \(Self.usual) }
      sources: { vision: made up, connector: made up, language: made up }
      """
    let model = try model(text)
    // 8 x 8 patches, four of which are a token; an image of 128 x 64 pixels has twice as many.
    #expect(model.tokensPerImage == 16)
    #expect(try model.reading(images: ImageSize(width: 128, height: 64)).tokensPerImage == 32)
    // Patches of 2 x 3 x 8 x 8; a layer has 4 matrices of 16 x 16, three of 16 x 24, biases of 4 x 16 + 2 x 24 + 16, two norms
    // and two scales of 16.
    let layer: Int = 4 * 256 + 3 * 384 + 64 + 64 + 32 + 32
    #expect(model.vision?.parameters.count == Double(16 * 384 + 4 * layer))
    // Norm 16; 64 x 64 and its bias; 64 x 48. Deepstack twice: norm 2 x 64, 64 x 48, bias 48.
    let merger: Int = 16 + 64 * 64 + 64 + 64 * 48
    #expect(model.connector?.parameters.count == Double(merger + 2 * (128 + 64 * 48 + 48)))
    #expect(model.vision?.encoder.windows == WindowedLayers(side: 4, layers: 3))
  }

  @Test("what cannot be is told at its place")
  func errors() throws {
    func error(_ keys: String) -> String {
      do throws(Diagnostic) {
        return try wrong(keys)
      } catch { return error.message }
    }
    func wrong(_ keys: String) throws(Diagnostic) -> String {
      do { _ = try language("\(Self.usual), \(keys)") } catch let error as Diagnostic { throw error } catch {}
      return ""
    }
    #expect(error("pattern: [window]").contains("expected a kind of layers, one of base"))
    #expect(error("layer_kinds: { a: { window: 3 } }").contains("need a \"pattern\""))
    #expect(error("layer_kinds: { a: { windw: 3 } }, pattern: [a]").contains("did you mean \"window\""))
    #expect(error("recurrence: { heads: 3 }").contains("lacks the required key \"kind\""))
    #expect(error("experts: { count: 0, per_token: 1, feed_forward: 8 }").contains("from 1 to 65536"))
    #expect(error("pattern: [base*0]").contains("a number of layers"))
  }
}
