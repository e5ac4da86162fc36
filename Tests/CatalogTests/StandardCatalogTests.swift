import Architectures
import Catalog
import Documents
import Hardware
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
    ])
  func visualTokens(name: String, count: Int) throws {
    #expect(try Catalog.standard.model(name).visualTokens == count)
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
