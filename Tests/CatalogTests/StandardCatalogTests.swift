import Architectures
import Catalog
import Documents
import Hardware
import Operators
import Quantities
import Testing

@Suite("The built-in catalog")
struct StandardCatalogTests {
  /// The folder of the package.
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  @Test("every file of hardware/ and models/ is compiled in, and nothing else")
  func embedding() throws {
    func names(_ folder: String) throws -> [String] {
      try Files.names(in: "\(Self.root)/\(folder)", suffixes: [".yaml"]).map { String($0.dropLast(5)) }.sorted()
    }
    #expect(try Catalog.standard.allHardware().map(\.name) == names("hardware"))
    #expect(try Catalog.standard.allModels().map(\.name) == names("models"))
  }

  @Test(
    "the devices and models that the README speaks of",
    arguments: [
      "v100", "v100-sxm2", "a100-40gb", "a100-80gb", "h100-sxm", "xeon-8480", "epyc-9654", "core-i9-13900k",
      "vicuna-7b", "vicuna-13b", "clip-vit-large-patch14-336", "llava-1.5-7b", "llava-1.5-13b",
    ])
  func known(name: String) throws {
    _ = try Catalog.standard.item(name)
  }

  @Test("every language model says what it was made for")
  func positions() throws {
    let silent = try Catalog.standard.allModels().filter { $0.language != nil && $0.language?.positions == nil }
    #expect(silent.map(\.name) == [])
  }

  @Test("no name and no alias stands for two things")
  func uniqueNames() throws {
    let names =
      try Catalog.standard.allHardware().flatMap { [$0.name] + $0.aliases }
      + Catalog.standard.allModels().flatMap { [$0.name] + $0.aliases }
    let repeated = Dictionary(grouping: names.map { $0.lowercased() }) { $0 }.filter { $0.value.count > 1 }.keys
    #expect(repeated.isEmpty)
  }

  @Test("every alias finds its file, in capitals too")
  func aliases() throws {
    for device in try Catalog.standard.allHardware() {
      for alias in device.aliases { #expect(try Catalog.standard.hardware(alias.uppercased()).name == device.name) }
    }
    for model in try Catalog.standard.allModels() {
      for alias in model.aliases { #expect(try Catalog.standard.model(alias.uppercased()).name == model.name) }
    }
  }

  @Test("the V100 of the PruMerge paper: 900 GB/s and 112 TFLOP/s in FP16")
  func v100() throws {
    let device = try Catalog.standard.hardware("v100")
    #expect(device.bandwidth.value.value == 900e9)
    #expect(device.matrixPeak(.fp16).throughput.value == 112e12)
    #expect(device.capacity?.value.value == 15.77 * 1_073_741_824)
  }

  @Test(
    "visual tokens of a request",
    arguments: [
      ("shikra-7b", 256), ("video-llava-7b", 8 * 257), ("llava-next-7b", 576 + 48 * 48 + 48), ("llava-1.5-7b", 576),
      ("instructblip-7b", 32), ("minigpt-4-7b", 32), ("blip-2-13b", 32),
      // Table 3 of the PruMerge paper: means of 100 frames and of 256 patches; 32 + 64 and 32 queries over 8 frames; ten queries
      // of an image; a class token of each of ten frames.
      ("video-chatgpt-7b", 356), ("videochat-7b", 96), ("video-llama-7b", 32), ("llama-adapter-7b", 10),
      ("frozenbilm", 10),
    ])
  func visualTokens(name: String, count: Int) throws {
    #expect(try Catalog.standard.model(name).visualTokens == count)
  }

  @Test("a connector over all frames of a video works on its tokens once")
  func films() throws {
    func flops(_ name: String, _ leaf: String) throws -> [Double] {
      let model = try Catalog.standard.model(name)
      let workload = try Workload(visualTokens: #require(model.visualTokens), textTokens: 10)
      let stage = try #require(try Accounting.exact().stages(model, workload).first { $0.stage == .connector })
      return stage.operators.filter { "\($0.name)".hasSuffix(leaf) }.map { $0.flops.value * Double($0.repeatCount) }
    }
    let tokens: Int = 2 * 356 * 1024 * 4096
    #expect(try flops("video-chatgpt-7b", "linear_1") == [Double(tokens)])
    // 96 queries; keys and values of 8 x 257 tokens of 1408 in six layers.
    let queries: Int = 2 * 96 * 768 * 4096
    let keys: Int = 6 * 2 * 8 * 257 * 1408 * 2 * 768
    #expect(try flops("videochat-7b", "linear_1") == [Double(queries)])
    #expect(try flops("videochat-7b", "cross.key_value") == [Double(keys)])
    // Of each frame by itself first, then of 8 x 32 queries in two layers.
    let second: Int = 2 * 2 * 8 * 32 * 768 * 2 * 768
    #expect(try flops("video-llama-7b", "cross.key_value") == [Double(keys), Double(second)])
  }

  // Sums over the parameters of the models that transformers builds from the published configurations.
  @Test(arguments: [
    ("vicuna-7b", 6_738_415_616.0), ("vicuna-13b", 13_015_864_320), ("clip-vit-large-patch14-336", 303_507_456),
    ("llava-1.5-7b", 7_063_427_072), ("llava-1.5-13b", 13_351_494_656), ("llava-next-7b", 7_063_431_168),
    ("llava-next-mistral-7b", 7_566_747_648), ("video-llava-7b", 7_366_279_168), ("llama-7b", 6_738_415_616),
    ("llama-2-7b", 6_738_415_616), ("llama-2-13b", 13_015_864_320), ("llama-2-70b", 68_976_648_192),
    ("mistral-7b", 7_241_732_096), ("phi-2", 2_779_683_840), ("deepseek-v3", 671_026_404_352),
    ("eva-vit-g-14", 985_952_256),
    ("instructblip-7b", 7_913_210_624), ("instructblip-13b", 14_191_448_832),
    // Qwen 7B: embedding and head 2 x 151936 x 4096; 32 layers of 4 x 4096^2, 3 x 4096 biases, 3 x 4096 x 11008 and two
    // norms of 4096; a norm of 4096.
    ("qwen-7b", 7_721_324_544),
  ])
  func parameters(name: String, count: Double) throws {
    #expect(try Catalog.standard.model(name).parameterCount == count)
  }
}
