import Architectures
import Configurations
import Documents
import Foundation
import Testing

/// Positions of configurations that state none, against transformers' classes: Fixtures/default_positions.csv, which
/// Fixtures/make_default_positions.py writes.
struct DefaultPositionsTests {
  static let rows: [(type: String, positions: Int)] = {
    let path = ConfigTests.folder.appending(path: "default_positions.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",").map(String.init)
      return cells.count == 2 ? Int(cells[1]).map { (cells[0], $0) } : nil
    }
  }()

  private func language(_ text: String) throws -> LanguageModel? {
    try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "m").language
  }

  @Test func absentKeysHaveTransformersDefaults() throws {
    // Some classes have no defaults for what their families need, some are parts of others.
    let unread: Set = [
      "deepseek_v2", "dots1", "gemma4_text", "glm4_moe", "glm4v_moe_text", "idefics", "qwen2_vl_text",
      "qwen2_5_vl_text",
    ]
    #expect(Self.rows.count > 80)
    for (type, positions) in Self.rows where !unread.contains(type) {
      #expect(try language(#"{"model_type": "\#(type)"}"#)?.positions == positions, "\(type)")
    }
    let width = #"{"hidden_size": 3584, "num_attention_heads": 28, "num_key_value_heads": 4}"#
    for (type, text) in [("qwen2_vl_text", "qwen2_vl"), ("qwen2_5_vl_text", "qwen2_5_vl"), ("idefics", "idefics")] {
      let positions = try #require(Self.rows.first { $0.type == type }).positions
      #expect(
        try language(#"{"model_type": "\#(text)", "text_config": \#(width), "vision_config": {}}"#)?.positions
          == positions,
        "\(type)")
    }
  }

  @Test func whatIsStatedIsHeeded() throws {
    #expect(try language(#"{"model_type": "llama", "max_position_embeddings": 77}"#)?.positions == 77)
    #expect(try language(#"{"model_type": "llama", "max_position_embeddings": null}"#)?.positions == nil)
  }

  /// The hub's files of Gemma 3 name no positions, and stretch the tables of layers without windows eightfold: 131,072 x
  /// 256 for those with windows and 8 x 131,072 x 256 for the others.
  @Test func gemma3HasTables() throws {
    let gemma = try language(
      #"""
      {"model_type": "gemma3_text", "head_dim": 256, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}}
      """#)
    #expect(try #require(gemma).rotationElements == 9.0 * 131_072 * 256)
  }
}
