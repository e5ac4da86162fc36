import Architectures
import Catalog
import Estimation
import Foundation
import Hardware
import Operators
import Quantities
import Testing

/// What must hold of every price, whatever the model, device and pass; sizes are drawn, with a seed.
@Suite("Properties of prices")
struct PricePropertyTests {
  /// A model on a device, and a pass over it.
  struct Draw: CustomStringConvertible {
    var model: MultimodalModel
    var hardware: Accelerator
    var precision: Precision
    var kernels: Accounting.Kernels
    var groups: [Pass.Group]

    var isLatent: Bool { model.language?.block.latent != nil }
    var description: String {
      "\(model.name) on \(hardware.name), \(precision.name) \(kernels.rawValue), "
        + groups.map { "\($0.sequences) x \($0.newTokens) after \($0.context)" }.joined(separator: ", ")
    }

    func price(_ groups: [Pass.Group]? = nil, on hardware: Accelerator? = nil) throws -> (
      ideal: Double, expected: Double
    ) {
      var list = try PriceList(
        model, on: hardware ?? self.hardware, at: precision, accounting: .exact(kernels: kernels))
      let price = try list.price(Pass(groups ?? self.groups), expecting: true)
      return (price.seconds.value, try #require(price.expectedSeconds).value)
    }
  }

  static let devices = [
    "a100-80gb", "h100-sxm", "v100", "rtx-4090", "t4", "mi300x", "jetson-agx-orin", "epyc-9654", "apple-m2-max",
    "tpu-v5e",
  ]
  static let names = [
    "llama-2-7b", "llama-2-70b", "mixtral-8x7b", "deepseek-v3", "mistral-7b", "phi-2", "mobilellama-1.4b",
  ]

  /// A small model of any shape.
  static func small(_ random: inout some RandomNumberGenerator) -> MultimodalModel {
    func pick(_ sizes: [Int]) -> Int { sizes[Int.random(in: 0..<sizes.count, using: &random)] }
    let kvHeads = pick([1, 2, 4])
    var block = TransformerBlock.decoder(
      width: 16 * Int.random(in: 1...64, using: &random), heads: kvHeads * pick([1, 2, 4, 8]), kvHeads: kvHeads,
      headWidth: pick([16, 64, 80, 128]), feedForward: Int.random(in: 8...3000, using: &random),
      qkvBias: Bool.random(using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: block.window = Int.random(in: 1...3000, using: &random)
    case 1:
      let count = Int.random(in: 1...64, using: &random)
      block.experts = MixtureOfExperts(
        count: count, perToken: Int.random(in: 1...count, using: &random),
        feedForward: Int.random(in: 8...3000, using: &random))
    case 2:
      block.kvHeads = block.heads
      block.rotaryWidth = 16
      block.headWidth = 16 + pick([16, 48, 128])
      block.latent = LatentAttention(
        queryRank: nil, rank: pick([32, 128, 512]), rotaryWidth: 16, valueWidth: pick([32, 64, 128]))
    default: break
    }
    var stack = LayerStack(block, layers: Int.random(in: 1...4, using: &random))
    if block.window != nil {
      block.window = nil
      stack.append(block)
    }
    return MultimodalModel(
      name: "\(block.width) wide, \(block.heads) heads, \(block.kvHeads) of keys, of \(block.headWidth), "
        + "\(block.feedForward) inside, window \(block.window ?? 0), \(String(describing: block.experts)), "
        + "\(String(describing: block.latent))",
      title: "",
      language: LanguageModel(stack: stack, vocabulary: Int.random(in: 10...50000, using: &random)))
  }

  static func draw(_ hardware: Accelerator, _ random: inout some RandomNumberGenerator) throws -> Draw {
    func size(_ most: Double) -> Int { Int(exp(Double.random(in: 0...log(most), using: &random)).rounded()) }
    func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
    let model =
      chance(2) ? small(&random) : try Catalog.standard.model(names[Int.random(in: 0..<names.count, using: &random)])
    let groups = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      Pass.Group(
        sequences: size(300), newTokens: chance(3) ? 1 : size(5000), context: chance(3) ? 0 : size(100_000))
    }
    return Draw(
      model: model, hardware: hardware, precision: Precision.all[Int.random(in: 0..<8, using: &random)],
      kernels: chance(4) ? .eager : .fused, groups: groups)
  }

  static func more(_ number: Int, _ random: inout some RandomNumberGenerator) -> Int {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: number + 1
    case 1: 2 * number + 1
    default: number + Int.random(in: 1...(2 + number / 2), using: &random)
    }
  }

  /// A draw on a device, and one that asks for more in one way.
  private func grown(
    _ hardware: Accelerator, _ random: inout some RandomNumberGenerator
  ) throws -> (draw: Draw, groups: [Pass.Group]) {
    let draw = try Self.draw(hardware, &random)
    var groups = draw.groups
    let index = Int.random(in: 0..<groups.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: groups[index].newTokens = Self.more(groups[index].newTokens, &random)
    case 1: groups[index].sequences = Self.more(groups[index].sequences, &random)
    default: groups[index].context = Self.more(groups[index].context, &random)
    }
    return (draw, groups)
  }

  /// A property, of which it is known that it does not hold yet of some draws.
  private func expect(_ holds: Bool, unless known: Bool, _ comment: Comment) {
    guard known else {
      #expect(holds, comment)
      return
    }
    withKnownIssue(comment, isIntermittent: true) { #expect(holds) }
  }

  @Test("no price is below its bound", arguments: devices)
  func bound(name: String) throws {
    let hardware = try Catalog.standard.hardware(name)
    var random = Lehmer(seed: Self.devices.firstIndex(of: name) ?? 0)
    for _ in 0..<250 {
      let draw = try Self.draw(hardware, &random)
      let price = try draw.price()
      #expect(price.ideal <= price.expected && price.expected.isFinite, "\(draw)")
    }
  }

  @Test(
    "more tokens, sequences or context never lower a bound, nor an expected time by more than 1 %", arguments: devices)
  func growth(name: String) throws {
    let hardware = try Catalog.standard.hardware(name)
    var random = Lehmer(seed: 100 + (Self.devices.firstIndex(of: name) ?? 0))
    for _ in 0..<250 {
      let (draw, groups) = try grown(hardware, &random)
      let (before, after) = try (draw.price(), draw.price(groups))
      let text: Comment = "\(draw) -> \(groups.map { "\($0.sequences) x \($0.newTokens) after \($0.context)" })"
      // Rounding of sums of some dozen terms; one token of latent attention always absorbs, two may expand.
      // Eager kernels expand latents where there is no context, as transformers does, and may absorb behind one.
      let expands = draw.isLatent && draw.kernels == .eager && draw.groups.allSatisfy { $0.context == 0 }
      expect(after.ideal >= before.ideal * (draw.isLatent ? 0.994 : 1 - 1e-13), unless: expands, text)
      // Known: the form of latent attention with the lower bound may be the slower one; eager kernels of mixed passes
      // are timed as those of prefills, which the last-level cache speeds up.
      let isKnown = draw.isLatent || draw.groups.count > 1 && draw.kernels == .eager
      expect(after.expected >= 0.99 * before.expected, unless: isKnown, text)
    }
  }

  @Test("faster units and memory never take longer", arguments: devices)
  func faster(name: String) throws {
    let hardware = try Catalog.standard.hardware(name)
    var random = Lehmer(seed: 200 + (Self.devices.firstIndex(of: name) ?? 0))
    for _ in 0..<250 {
      let draw = try Self.draw(hardware, &random)
      let before = try draw.price()
      let factor = Double.random(in: 1...4, using: &random)
      var (matrix, vector, memory) = (hardware, hardware, hardware)
      for key in matrix.matrixPeaks.keys { matrix.matrixPeaks[key]?.value.value *= factor }
      for key in vector.vectorPeaks.keys { vector.vectorPeaks[key]?.value.value *= factor }
      memory.bandwidth.value.value *= factor
      for (device, isPeak) in [(matrix, true), (vector, true), (memory, false)] {
        let after = try draw.price(on: device)
        #expect(after.ideal <= before.ideal * (1 + 1e-13), "\(draw), \(factor)")
        // Known: a tile that gets faster is taken more often, and may still be slower than the mean, by up to 3 %.
        // And latent attention's form with the lower bound may be the slower one.
        expect(
          after.expected <= before.expected * (isPeak ? 1.03 : 1 + 1e-13), unless: draw.isLatent, "\(draw), \(factor)")
      }
    }
  }

  @Test("a faster link never takes longer, and nothing that crosses it is below its bound")
  func link() throws {
    var random = Lehmer()
    for (name, spread) in [
      ("llama-2-70b", Parallelism(tensor: 8)), ("mixtral-8x7b", Parallelism(tensor: 2, expert: 4)),
      ("deepseek-v3", Parallelism(tensor: 4, pipeline: 3, expert: 16)), ("vicuna-7b", Parallelism(pipeline: 4)),
    ] {
      for device in ["a100-80gb", "v100", "h200", "rtx-4090"] {
        let hardware = try Catalog.standard.hardware(device)
        guard hardware.interconnect != nil else { continue }
        for _ in 0..<20 {
          let pass = Pass(try Self.draw(hardware, &random).groups)
          var faster = hardware
          faster.interconnect?.value.value *= Double.random(in: 1...4, using: &random)
          let prices = try [hardware, faster].map { device in
            var list = try PriceList(Catalog.standard.model(name), on: device, at: .fp8, parallelism: spread)
            return try list.price(pass, expecting: true)
          }
          #expect(prices[1].seconds.value <= prices[0].seconds.value * (1 + 1e-13))
          let expected = try prices.map { try #require($0.expectedSeconds).value }
          #expect(expected[1] <= expected[0] * (1 + 1e-13))
          #expect(prices[0].seconds.value <= expected[0])
          #expect(prices[0].sent > .zero && prices[0].sent == prices[1].sent)
        }
      }
    }
  }
}
