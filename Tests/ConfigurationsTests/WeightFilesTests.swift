import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Tensors
import Testing

/// Checkpoints as the official writers make them: Fixtures/make_weights.py, which also counts their bytes.
@Suite("Weights by the headers of their files") struct WeightFilesTests {
  static let folder = ConfigTests.folder.appending(path: "weights")

  /// Counts of weights.csv: what of which checkpoint.
  static let counts: [String: [String: Int]] = {
    let path = ConfigTests.folder.appending(path: "weights.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [:] }
    var counts: [String: [String: Int]] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",").map(String.init)
      if cells.count == 3, let count = Int(cells[2]) { counts[cells[0], default: [:]][cells[1]] = count }
    }
    return counts
  }()

  static func model(_ name: String) throws -> MultimodalModel {
    let path = folder.appending(path: name).path
    if name.hasSuffix(".gguf") { return try MultimodalModel(gguf: path, name: name) }
    let config = "\(path)/config.json"
    var model = try MultimodalModel(config: JSON.parse(Files.read(config, limit: 1 << 20), file: config), name: name)
    try model.readSafetensors(in: path)
    return model
  }

  @Test(
    "bytes are those of the tensors, format by format", arguments: ["llama", "llama-fp8", "llama.gguf", "mixtral.gguf"])
  func bytes(_ name: String) throws {
    let expected = try #require(Self.counts[name])
    let model = try Self.model(name)
    let checkpoint = try #require(model.checkpoint)
    let stored = try #require(checkpoint.stored)
    #expect(stored.bytes == expected["bytes"])
    var formats = expected
    formats["bytes"] = nil
    #expect(Dictionary(uniqueKeysWithValues: stored.formats.map { ($0.name, $0.bytes) }) == formats)
    #expect(model.weightBytes(at: checkpoint.precision).value == Double(stored.bytes))
    #expect(checkpoint.isDefault == (name != "llama"))
  }

  /// Per layer 2 x 128 x 128 + 2 x 64 x 128 + 3 x 144 x 128 = 104,448 products; 8 x 128 x 2 bytes an F32 scale for blocks
  /// of 128 x 128: 1 each of query, key, value, output, and 2 of each feed-forward product, 10 x 4 bytes.
  @Test func bitsOfProductsAreTheMeanOfThoseStored() throws {
    let model = try Self.model("llama-fp8")
    #expect(model.checkpoint?.precision.weightBits == 8 * Double(104_448 + 40) / 104_448)
    #expect(model.checkpoint?.precision.unquantizedWeightBits == 16)
    #expect(model.checkpoint?.precision.productFormat == .fp8)
  }

  /// The head is Q6_K: 210 bytes for 256 numbers. Products of a layer: query and output Q4_K (144 for 256), key IQ4_NL (18
  /// for 32), value Q6_K, gate IQ3_S (110), up Q5_0 (22 for 32), down Q8_0 (34 for 32).
  @Test func mixturesOfTypesAreWeighted() throws {
    let model = try Self.model("llama.gguf")
    let blocks = 2 * 256 * 144 + 64 * 8 * 18 + 64 * 210 + 256 * 110 + 256 * 8 * 22 + 256 * 8 * 34
    let numbers = 2 * 256 * 256 + 2 * 64 * 256 + 3 * 256 * 256
    #expect(model.checkpoint?.precision.weightBits == 8 * Double(blocks) / Double(numbers))
    #expect(model.checkpoint?.precision.unquantizedWeightBits == 8.0 * 210 / 256)
  }

  /// All numbers of the files are the model's: the metadata describes what the tensors are.
  @Test("the model of the metadata has the tensors' numbers", arguments: ["llama.gguf", "mixtral.gguf"])
  func parameters(_ name: String) throws {
    let file = try GGUFFile(path: Self.folder.appending(path: name).path)
    let model = try Self.model(name)
    #expect(model.parameterCount == Double(file.tensors.reduce(0) { $0 + $1.count }))
    #expect(model.language?.tiedEmbeddings == (name == "mixtral.gguf"))
    #expect(model.language?.block.experts?.count == (name == "mixtral.gguf" ? 2 : nil))
    #expect(model.notes.isEmpty)
  }

  /// Qwen2.5 1.5B's tensors as its file has them, without their data: vLLM prints 2.89 GiB (a public log of 0.7 on a T4).
  @Test func bytesAreThoseThatVLLMPrints() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (width, inner, keys) = (1536, 8960, 256)
    var tensors = [("model.embed_tokens.weight", [151_936, width]), ("model.norm.weight", [width])]
    for layer in 0..<28 {
      let shapes: KeyValuePairs = [
        "input_layernorm.weight": [width], "post_attention_layernorm.weight": [width],
        "mlp.gate_proj.weight": [inner, width], "mlp.up_proj.weight": [inner, width],
        "mlp.down_proj.weight": [width, inner], "self_attn.q_proj.weight": [width, width],
        "self_attn.q_proj.bias": [width], "self_attn.k_proj.weight": [keys, width], "self_attn.k_proj.bias": [keys],
        "self_attn.v_proj.weight": [keys, width], "self_attn.v_proj.bias": [keys],
        "self_attn.o_proj.weight": [width, width],
      ]
      tensors += shapes.map { ("model.layers.\(layer).\($0.key)", $0.value) }
    }
    var offset = 0
    let entries = tensors.map { name, shape in
      let start = offset
      offset += 2 * shape.reduce(1, *)
      return #""\#(name)": {"dtype": "BF16", "shape": \#(shape), "data_offsets": [\#(start), \#(offset)]}"#
    }
    let header = "{\(entries.joined(separator: ", "))}"
    var bytes = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes += $0 }
    bytes += Data(header.utf8)
    let path = folder.appending(path: "model.safetensors")
    try bytes.write(to: path)
    // What is not written takes no room.
    let file = try FileHandle(forWritingTo: path)
    try file.truncate(atOffset: UInt64(bytes.count + offset))
    try file.close()
    let config = """
      {"architectures": ["Qwen2ForCausalLM"], "hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
       "num_attention_heads": 12, "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": true}
      """
    var model = try MultimodalModel(config: JSON.parse(Array(config.utf8), file: "config.json"), name: "m")
    try model.readSafetensors(in: folder.path)
    let checkpoint = try #require(model.checkpoint)
    let gibibytes = model.weightBytes(at: checkpoint.precision).value / 1_073_741_824
    #expect(abs(gibibytes / 2.89 - 1) < 0.01, "\(gibibytes)")
  }

  /// Every type of the official package has the block of this program.
  @Test func typesHaveTheirBlocks() throws {
    let text = try String(contentsOf: Self.folder.appending(path: "types.csv"), encoding: .utf8)
    let lines = text.split(separator: "\n").dropFirst()
    #expect(lines.count > 30)
    for line in lines {
      let cells = line.split(separator: ",").map(String.init)
      let number = try #require(UInt32(cells[0]))
      let length = try #require(Int(cells[2]))
      let size = try #require(Int(cells[3]))
      var bytes = Array("GGUF".utf8)
      func add(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
      add(UInt32(3))
      add(UInt64(1))
      add(UInt64(0))
      add(UInt64(1))
      bytes += [UInt8(ascii: "t")]
      add(UInt32(2))
      add(UInt64(length))
      add(UInt64(3))
      add(number)
      add(UInt64(0))
      while bytes.count % 32 != 0 { bytes.append(0) }
      bytes += [UInt8](repeating: 0, count: 3 * size)
      let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf")
      try Data(bytes).write(to: path)
      defer { try? FileManager.default.removeItem(at: path) }
      let tensor = try #require(try GGUFFile(path: path.path).tensors.first)
      #expect(tensor.type.name == cells[1])
      #expect(tensor.byteCount == 3 * size)
    }
  }

  /// A file of an architecture with whole numbers and marks of its own and tensors of F32, without their data.
  private func described(
    _ architecture: String, _ numbers: KeyValuePairs<String, Int>, marks: [String] = [],
    tensors: KeyValuePairs<String, [Int]> = [:]
  ) throws -> MultimodalModel {
    let usual: KeyValuePairs = [
      "embedding_length": 64, "block_count": 4, "attention.head_count": 4, "attention.head_count_kv": 2,
      "feed_forward_length": 128, "context_length": 512,
    ]
    let all = usual.filter { entry in !numbers.contains { $0.key == entry.key } } + numbers.map { $0 }
    var bytes = Array("GGUF".utf8)
    func add(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    func add(_ text: String) {
      add(UInt64(text.utf8.count))
      bytes += Array(text.utf8)
    }
    add(UInt32(3))
    let shapes = [("token_embd.weight", [64, 100])] + tensors.map { ($0.key, $0.value) }
    add(UInt64(shapes.count))
    add(UInt64(1 + all.count + marks.count))
    add("general.architecture")
    add(UInt32(8))
    add(architecture)
    for (key, number) in all {
      add("\(architecture).\(key)")
      add(UInt32(4))
      add(UInt32(number))
    }
    for mark in marks {
      add("\(architecture).\(mark)")
      add(UInt32(7))
      add(UInt8(1))
    }
    var offset = 0
    for (name, shape) in shapes {
      add(name)
      add(UInt32(shape.count))
      for length in shape { add(UInt64(length)) }
      add(UInt32(0))
      add(UInt64(offset))
      offset += (4 * shape.reduce(1, *) + 31) / 32 * 32
    }
    while bytes.count % 32 != 0 { bytes.append(0) }
    bytes += [UInt8](repeating: 0, count: offset)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf")
    try Data(bytes).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    return try MultimodalModel(gguf: path.path, name: "m")
  }

  /// What llama.cpp's converter (convert_hf_to_gguf.py) writes of architectures whose names differ from transformers'.
  @Test func keysOfSingleArchitecturesAreUnderstood() throws {
    // Llama 4 calls the dense layers' width feed_forward_length, and the experts' expert_feed_forward_length.
    let llama4 = try described(
      "llama4",
      [
        "feed_forward_length": 256, "expert_feed_forward_length": 32, "expert_count": 4, "expert_used_count": 1,
        "interleave_moe_layer_step": 2,
      ])
    let runs = try #require(llama4.language?.stack.runs)
    #expect(runs.compactMap(\.block.experts).allSatisfy { $0.feedForward == 32 && $0.sharedWidth == 32 })
    #expect(runs.contains { $0.block.experts == nil && $0.block.feedForward == 256 })
    // Layers that predict further tokens are among the blocks, and no layers of the model.
    let glm = try described(
      "glm4moe",
      [
        "block_count": 5, "nextn_predict_layers": 1, "expert_feed_forward_length": 32, "expert_count": 4,
        "expert_used_count": 2, "expert_shared_count": 1, "leading_dense_block_count": 1,
      ], tensors: ["blk.0.attn_q_norm.weight": [16]])
    #expect(glm.language?.layers == 4 && glm.language?.stack.runs.allSatisfy { $0.block.queryKeyNorm == .rms } == true)
    // Without a window there is none.
    let exaone = try described("exaone4", [:])
    #expect(exaone.language?.stack.runs.allSatisfy { $0.block.window == nil && $0.block.rotaryWidth == 16 } == true)
    let stable = try described(
      "stablelm", [:], marks: ["use_parallel_residual"], tensors: ["blk.0.attn_q_norm.weight": [16]])
    let block = try #require(stable.language?.block)
    #expect(block.arrangement == .parallel && block.queryKeyNorm != nil)
    let command = try described("command-r", [:], tensors: ["blk.0.attn_q_norm.weight": [16, 4]])
    #expect(command.language?.block.queryKeyNorm != nil)
    let granite = try described(
      "granitemoe", ["expert_shared_feed_forward_length": 48, "expert_count": 4, "expert_used_count": 2])
    #expect(granite.language?.block.experts?.sharedWidth == 48)
  }

  @Test func missingFilesOfAnIndexAreNamed() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.copyItem(at: Self.folder.appending(path: "llama-fp8"), to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.removeItem(at: folder.appending(path: "model-00002-of-00002.safetensors"))
    var model = try Self.model("llama")
    #expect { try model.readSafetensors(in: folder.path) } throws: { error in
      (error as? Diagnostic)?.message.contains("model-00002-of-00002.safetensors") == true
    }
    // Of the index alone its total is said.
    try FileManager.default.removeItem(at: folder.appending(path: "model-00001-of-00002.safetensors"))
    try model.readSafetensors(in: folder.path)
    #expect(model.notes.contains { $0.contains("by the index alone") })
  }

  @Test func otherArchitecturesAreRefusedByName() throws {
    let source = Self.folder.appending(path: "llama.gguf")
    var data = try Data(contentsOf: source)
    // "llama" behind "general.architecture", its type and its length.
    let key = try #require(data.range(of: Data("general.architecture".utf8)))
    data.replaceSubrange(key.upperBound + 12..<key.upperBound + 17, with: Data("llamx".utf8))
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf")
    try data.write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    #expect { try MultimodalModel(gguf: path.path, name: "m") } throws: { error in
      (error as? Diagnostic)?.message.contains("unknown architecture \"llamx\", the nearest known is llama") == true
    }
  }
}
