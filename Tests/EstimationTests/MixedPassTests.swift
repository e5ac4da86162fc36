import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// 64 sequences decoding at contexts of 100 to 5000 beside a chunk of 512 new tokens after 1024, by hand: LLaMA-2 7B
/// has 32 layers of width 4096, 32 heads of 128, 11,008 inner channels and 32,000 words.
@Suite("A mixed pass")
struct MixedPassTests {
  private static let contexts = (0..<63).map { 100 + 77 * $0 } + [5000]
  private static let decodes = contexts.map { Pass.Group(newTokens: 1, context: $0) }
  private static let chunk = Pass.Group(newTokens: 512, context: 1024)

  private func list(_ device: String = "a100-80gb", _ precision: Precision = .fp16) throws -> PriceList {
    try PriceList(Catalog.standard.model("llama-2-7b"), on: Catalog.standard.hardware(device), at: precision)
  }

  @Test("has the FLOPs of its parts")
  func flops() throws {
    var list = try list()
    let price = try list.price(Pass(Self.decodes + [Self.chunk]))
    // A row passes 4 x 4096^2 + 3 x 4096 x 11,008 weights a layer; 576 rows do, and 65 get logits of 32,000 words.
    let weights: Double = 4 * 4096 * 4096 + 3 * 4096 * 11008
    let head: Double = 2 * 65 * 4096 * 32000
    let products = 2 * 576 * 32 * weights + head
    // Contexts: 63 x 100 + 77 x (0 + 1 + ... + 62) + 5000 = 6300 + 77 x 1953 + 5000 = 161,681, and 64 tokens themselves.
    #expect(Self.contexts.reduce(0, +) == 161_681)
    let square: Double = 161_681 + 64 + 512 * 1536
    let attention: Double = 32 * 4 * 4096
    #expect(price.flops == FLOPs(products + attention * square))
    // Executed: of the chunk's own 512 x 512 the lower half, with its diagonal.
    let visible: Double = 161_681 + 64 + 512 * 1024 + 512 * 513 / 2
    #expect(abs(price.executedFLOPs.value / (products + attention * visible) - 1) < 1e-15)
  }

  @Test("reads every weight once, and what is cached of each sequence")
  func traffic() throws {
    var list = try list()
    let price = try list.price(Pass(Self.decodes + [Self.chunk]))
    // 6,738,415,616 parameters, of the embedding's 32,000 rows of 4096 only 576.
    #expect(price.traffic.weights == Bytes(2 * (6_738_415_616 - (32000 - 576) * 4096)))
    // Keys and values of 4096 each of all positions in 32 layers.
    #expect(price.traffic.cacheRead == Bytes(2 * 32 * 2 * 4096 * (161_681 + 64 + 1536)))
    #expect(price.traffic.cacheWritten == Bytes(2 * 32 * 2 * 4096 * 576))
  }

  @Test("bounds attention of the chunk and of the decoding sequences together, in one line")
  func kernels() throws {
    let operators = try list().breakdown(Pass(Self.decodes + [Self.chunk])).operators
    let cores = operators.filter { $0.operation.name == "attention.core" }.map(\.operation)
    #expect(cores.map(\.flops) == [FLOPs(4 * 4096 * (512 * 1536 + 161_681 + 64))])
    #expect(cores.map(\.repeatCount) == [32])
    #expect(operators.filter { $0.operation.name == "mlp.down" }.map(\.operation.repeatCount) == [32])
  }

  @Test(
    "costs at most what its parts cost alone, and at least the dearer one",
    arguments: ["a100-80gb", "h100-sxm", "v100", "rtx-4090", "epyc-9654", "tpu-v5e", "mi300x"])
  func together(device: String) throws {
    for precision in [Precision.fp16, .fp8, .int4] {
      var list = try list(device, precision)
      let both = try list.price(Pass(Self.decodes + [Self.chunk]), expecting: true)
      let decodes = try list.price(Pass(Self.decodes), expecting: true)
      let chunk = try list.price(Pass([Self.chunk]), expecting: true)
      #expect(both.flops == decodes.flops + chunk.flops)
      #expect(both.seconds <= decodes.seconds + chunk.seconds)
      #expect(both.seconds >= max(decodes.seconds, chunk.seconds))
      let expected = try [both, decodes, chunk].map { try #require($0.expectedSeconds) }
      // 576 rows are 4.5 tiles of 128, where 512 and 64 come out even: in 4 bits, where the weights that are read once
      // weigh least, that costs up to 1.5 % more.
      #expect(expected[0] <= 1.015 * (expected[1] + expected[2]), "\(precision.name)")
      #expect(expected[0] >= max(expected[1], expected[2]), "\(precision.name)")
    }
  }

  @Test("does not depend on how equal sequences are grouped")
  func grouping() throws {
    var list = try list()
    let one = try list.price(Pass([.init(sequences: 7, newTokens: 3, context: 90), Self.chunk]), expecting: true)
    let split = try list.price(
      Pass([.init(sequences: 2, newTokens: 3, context: 90), Self.chunk, .init(sequences: 5, newTokens: 3, context: 90)]
      ),
      expecting: true)
    #expect(one.flops == split.flops && one.traffic == split.traffic)
    #expect(abs(one.seconds / split.seconds - 1) < 1e-14)
    let (a, b) = (try #require(one.expectedSeconds), try #require(split.expectedSeconds))
    #expect(abs(a / b - 1) < 1e-14)
  }
}
