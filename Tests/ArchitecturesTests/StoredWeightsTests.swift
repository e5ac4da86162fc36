import Architectures
import Testing

@Suite("What the files of a checkpoint hold")
struct StoredWeightsTests {
  private func stored(_ tensors: [(name: String, format: String, elements: Int, bytes: Int)]) -> StoredWeights {
    var stored = StoredWeights()
    for tensor in tensors {
      stored.add(tensor.name, format: tensor.format, elements: tensor.elements, bytes: tensor.bytes)
    }
    stored.finish()
    return stored
  }

  @Test("products of the language model's layers, and nothing else")
  func products() {
    let products = [
      "model.layers.0.mlp.up_proj.weight", "layers.3.attn.wq.weight", "blk.0.ffn_up.weight",
      "transformer.h.2.mlp.c_fc.weight",
    ]
    let others = [
      "model.layers.0.input_layernorm.weight", "model.layers.0.self_attn.q_proj.bias", "blk.0.attn_norm.weight",
      "model.visual.blocks.0.mlp.fc1.weight", "vision_tower.encoder.layers.1.fc1.weight", "lm_head.weight",
      "model.layers.0.mlp.gate.weight", "mm_projector.layers.0.weight", "model.embed_tokens.weight",
    ]
    // A power of two each, so that the sum says which were taken.
    let all = products + others
    let stored = stored(
      all.enumerated().map { (name: $0.element, format: "BF16", elements: 1, bytes: 1 << $0.offset) })
    #expect(stored.productBytes == 0b1111)
    #expect(stored.bytes == 1 << all.count - 1 && stored.elements == all.count)
  }

  @Test("the head's bits, or those of the embedding that it is")
  func head() {
    let tied = stored([("model.embed_tokens.weight", "I8", 100, 100), ("model.norm.weight", "F32", 2, 8)])
    #expect(tied.headBits == 8 && !tied.isPlain)
    let own = stored([("token_embd.weight", "Q4_K", 256, 144), ("output.weight", "F16", 100, 200)])
    #expect(own.headBits == 16)
    #expect(stored([("model.norm.weight", "F32", 2, 8)]).headBits == nil)
    #expect(stored([("lm_head.weight", "F32", 0, 0)]).headBits == nil)
  }

  @Test("formats, the one of most bytes first")
  func formats() {
    let stored = stored([("a", "F32", 1, 4), ("b", "BF16", 3, 6), ("c", "F32", 1, 4), ("d", "F16", 4, 8)])
    #expect(stored.formats.map(\.name) == ["F16", "F32", "BF16"])
    #expect(stored.formats.map(\.bytes) == [8, 8, 6] && stored.isPlain)
  }
}
