import Documents
import Encoding
import Foundation
import Testing

@Suite("Towers that cannot run say why")
struct BrokenTowerTests {
  @Test("weights that are cut short, at every length of the header and some of the data")
  func truncated() throws {
    let tower = try BrokenTower(of: "single")
    let bytes = try tower.bytes("model.safetensors")
    let data = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    for length in [Int](0...data) + [Int](stride(from: data + 1, to: bytes.count, by: 97)) {
      try tower.write("model.safetensors", bytes[..<length])
      #expect(try tower.failure("single")?.contains("model.safetensors") == true, "\(length) bytes")
    }
  }

  @Test("random bytes in the header")
  func garbled() throws {
    let tower = try BrokenTower(of: "single")
    let bytes = try tower.bytes("model.safetensors")
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var garbled = bytes
      for _ in 0..<3 { garbled[Int.random(in: 0..<1500, using: &random)] = UInt8.random(in: 0...255, using: &random) }
      try tower.write("model.safetensors", garbled)
      // Whatever it says, it says it; a changed byte in an unused name may even do no harm.
      _ = try tower.failure("single")
    }
  }

  @Test("a tensor that is missing, of another shape or type")
  func tensors() throws {
    var tower = try BrokenTower(of: "plain")
    try tower.replaceInHeader("layers.1.mlp.fc2.weight", by: "layers.1.mlp.fc9.weight")
    #expect(
      try tower.failure("plain")
        == "\(tower.path)/model.safetensors: error: lacks the tensor \"vision_model.encoder.layers.1.mlp.fc2.weight\" "
        + "of shape [32, 64], which config.json asks for")
    tower = try BrokenTower(of: "plain")
    try tower.replace("\"intermediate_size\": 64", by: "\"intermediate_size\": 63", in: "config.json")
    #expect(
      try tower.failure("plain")
        == "\(tower.path)/model.safetensors: error: the tensor \"vision_model.encoder.layers.0.mlp.fc1.bias\" has the "
        + "shape [64]; config.json asks for [63]")
    tower = try BrokenTower(of: "half")
    try tower.replaceInHeader("\"dtype\":\"F16\"", by: "\"dtype\":\"I16\"")
    #expect(try tower.failure("half")?.contains("is stored as I16; expected F32, F16 or BF16") == true)
  }

  @Test("weights that are no numbers, in every tensor that is read")
  func nonFiniteWeights() throws {
    let tower = try BrokenTower(of: "plain")
    let bytes = try tower.bytes("model.safetensors")
    let data = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(JSONSerialization.jsonObject(with: Data(bytes[8..<data])) as? [String: Any])
    // The last layer is not run to its end.
    let unread = [
      "post_layernorm", "layers.2.self_attn.v", "layers.2.self_attn.out", "layers.2.mlp", "layers.2.layer_norm2",
    ]
    for (name, entry) in header where name != "__metadata__" {
      let offsets = try #require((entry as? [String: Any])?["data_offsets"] as? [Int])
      for (bits, text) in [([UInt8(0), 0, 0xC0, 0x7F], "nan"), ([0, 0, 0x80, 0x7F], "inf")] {
        var broken = bytes
        broken.replaceSubrange(data + offsets[1] - 4..<data + offsets[1], with: bits)
        try tower.write("model.safetensors", broken)
        let message = try tower.failure("plain")
        if unread.contains(where: name.contains) {
          #expect(message == nil, "\(name)")
        } else if text == "nan" || message != nil {
          // Infinity may end as a share of attention of exactly 1; NaN never ends.
          #expect(message?.contains("the tensor \"\(name)\" holds \(text) in row ") == true, "\(name)")
        }
      }
    }
  }

  @Test("pixels that are no numbers or too few")
  func pixels() throws {
    let runner = try TowerRunner(VisionTower(folder: Towers.folder("plain")), threads: 1)
    var pixels = [Float](repeating: 0, count: 3 * 56 * 56)
    pixels[7] = .nan
    #expect(throws: Diagnostic(file: "image", "pixel_values holds nan at index 7 (from 0)")) {
      try runner.encode(pixels: pixels, height: 56, width: 56, name: "image")
    }
    #expect(throws: Diagnostic.self) { try runner.encode(pixels: pixels, height: 28, width: 112, name: "image") }
  }

  @Test("files that are not there or not what is expected")
  func files() throws {
    var tower = try BrokenTower(of: "sharded")
    try FileManager.default.removeItem(at: tower.url("model-00002-of-00003.safetensors"))
    #expect(try tower.failure("sharded")?.hasSuffix("error: cannot read: No such file or directory") == true)
    for (text, message) in [
      ("../secret.safetensors", "expected the name of a file beside the index"),
      ("\\u0000", "expected the name of a file beside the index"),
      ("model-00002-of-00003.safetensors", "has no tensor \"embeddings.class_embedding\""),
    ] {
      tower = try BrokenTower(of: "sharded")
      try tower.replace(
        "\"embeddings.class_embedding\": \"model-00001-of-00003.safetensors\"",
        by: "\"embeddings.class_embedding\": \"\(text)\"", in: "model.safetensors.index.json")
      #expect(try tower.failure("sharded")?.contains(message) == true)
    }
    try FileManager.default.removeItem(at: tower.url("model.safetensors.index.json"))
    #expect(try tower.failure("sharded")?.contains("has neither model.safetensors nor") == true)
    try tower.write("pytorch_model.bin", [1])
    #expect(try tower.failure("sharded")?.contains("is pickled Python, which is not read here; convert it: ") == true)
    try FileManager.default.removeItem(at: tower.url("config.json"))
    #expect(try tower.failure("sharded")?.contains("has no config.json") == true)
  }

  @Test("configurations of something else, or of a tower that would never end")
  func configurations() throws {
    for (text, other, message) in [
      ("clip_vision_model", "siglip_vision_model", "holds no \"embeddings.patch_embedding.bias\" of a SigLIP"),
      ("clip_vision_model", "eva_vision_model", "expected a vision tower that runs here"),
      ("\"image_size\": 56", "\"image_size\": 8000", "are too many to run"),
      ("\"hidden_size\": 32", "\"hidden_size\": 1048576", "config.json asks for"),
      ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4096", "lacks the tensor"),
      ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 0", "expected \"num_hidden_layers\""),
      ("\"hidden_act\": \"quick_gelu\"", "\"hidden_act\": \"sine\"", "expected \"hidden_act\" to be one of"),
    ] {
      let tower = try BrokenTower(of: "plain")
      try tower.replace(text, by: other, in: "config.json")
      #expect(try tower.failure("plain")?.contains(message) == true, "\(other)")
    }
    let tower = try BrokenTower(of: "plain")
    try tower.write("config.json", #"{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}"#.utf8)
    #expect(try tower.failure("plain")?.contains("expected a vision tower that runs here (clip_vision_model, ") == true)
  }
}
