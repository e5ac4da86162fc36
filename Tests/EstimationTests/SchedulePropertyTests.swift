import Architectures
import Catalog
import Estimation
import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

/// Fewer tokens never cost more, whatever the model, device, precision, kernels and schedule.
@Suite struct SchedulePropertyTests {
  static let models = ["llava-1.5-7b", "llava-1.5-13b", "vicuna-7b"]
  static let devices = ["v100", "a100-80gb", "h100-sxm", "epyc-9654", "jetson-agx-orin", "tpu-v5e"]

  private func stages(
    _ model: MultimodalModel, _ device: String, _ workload: Workload, _ precision: Precision,
    _ kernels: Accounting.Kernels
  ) throws -> [(flops: Double, vector: Double, traffic: Double, seconds: Double)] {
    let hardware = try Catalog.standard.hardware(device)
    return try Accounting.exact(kernels: kernels).stages(model, workload).map { work in
      let estimates = work.operators.map {
        OperatorEstimate($0, at: work.stage.precision(precision), on: hardware)
      }
      return estimates.reduce((0, 0, 0, 0)) { sum, one in
        (
          sum.0 + one.cost.flops.value * one.repeatCount, sum.1 + one.cost.vectorFLOPs.value * one.repeatCount,
          sum.2 + one.cost.traffic.total.value * one.repeatCount, sum.3 + one.time.longest.value * one.repeatCount
        )
      }
    }
  }

  /// A random schedule that begins with `initial` tokens and never grows, and another that is nowhere above it.
  private func pair(
    _ initial: Int, layers: Int, inside: Bool, _ random: inout some RandomNumberGenerator
  ) -> (TokenSchedule, TokenSchedule) {
    var (more, fewer): ([TokenSchedule.Change], [TokenSchedule.Change]) = ([], [])
    var (high, low) = (initial, initial)
    for layer in 0..<layers where Int.random(in: 0..<3, using: &random) == 0 {
      high = Int.random(in: 1...high, using: &random)
      low = Int.random(in: 1...min(low, high), using: &random)
      more.append(inside ? .init(insideLayer: layer, tokens: high) : .init(fromLayer: layer, tokens: high))
      fewer.append(inside ? .init(insideLayer: layer, tokens: low) : .init(fromLayer: layer, tokens: low))
    }
    return (TokenSchedule(initial: initial, changes: more), TokenSchedule(initial: initial, changes: fewer))
  }

  @Test(arguments: models, devices)
  func fewerTokensNeverCostMore(model name: String, device: String) throws {
    let model = try Catalog.standard.model(name)
    // Seeded, so that a failure comes again.
    var random = Lehmer()
    for _ in 0..<6 {
      let language = pair(576, layers: model.language?.layers ?? 0, inside: Bool.random(using: &random), &random)
      let encoder = pair(577, layers: model.vision?.layersUsed ?? 0, inside: Bool.random(using: &random), &random)
      let batch = Int.random(in: 1...4, using: &random)
      let text = Int.random(in: 0...99, using: &random)
      for (precision, kernels) in [(Precision.fp16, Accounting.Kernels.fused), (.int4, .fused), (.int8, .eager)] {
        func cost(_ visual: TokenSchedule, _ encoder: TokenSchedule) throws -> [[Double]] {
          try stages(
            model, device,
            Workload(visualTokens: visual, textTokens: text, batch: batch, encoderTokens: encoder), precision, kernels
          ).map { [$0.flops, $0.vector, $0.traffic, $0.seconds] }
        }
        let all = try cost(TokenSchedule(576), TokenSchedule(577))
        let more = try cost(language.0, encoder.0)
        let fewer = try cost(language.1, encoder.1)
        for (above, below) in [(all, more), (more, fewer)] {
          for (one, other) in zip(above, below) {
            // Sums of the same numbers in another order may differ in the last digits.
            for (large, small) in zip(one, other) { #expect(small <= large * (1 + 1e-12)) }
          }
        }
      }
    }
  }

  @Test(arguments: Accounting.Kernels.allCases)
  func keepingEverythingIsNoSchedule(kernels: Accounting.Kernels) throws {
    let model = try Catalog.standard.model("llava-1.5-7b")
    let keeps = TokenSchedule(
      initial: 576, changes: [.init(fromLayer: 2, tokens: 576), .init(insideLayer: 5, tokens: 576)])
    let encoder = TokenSchedule(initial: 577, changes: (0..<23).map { .init(insideLayer: $0, tokens: 577) })
    let accounting = Accounting.exact(kernels: kernels)
    #expect(
      try accounting.stages(model, Workload(visualTokens: keeps, textTokens: 40, encoderTokens: encoder))
        == accounting.stages(model, Workload(visualTokens: 576, textTokens: 40)))
  }

  /// Reducers told to reduce nothing change no stage and add no bill but their own search.
  @Test(arguments: ["tome:r=0", "evit:keep=1", "fastv:K=2,R=0", "schedule:4=576"])
  func reducersThatKeepEverything(specification: String) throws {
    let model = try Catalog.standard.model("llava-1.5-7b")
    let input = try VisualInput.reduced(by: ReducerChain(specification), in: model) { Sample.text.features() }
    let hardware = try Catalog.standard.hardware("a100-80gb")
    func estimate(_ input: VisualInput) throws -> Estimate {
      try Estimate(model, on: hardware, precision: .fp16, visualInput: input, textTokens: 40)
    }
    let (reduced, all) = (try estimate(input).stages, try estimate(.tokens(576)).stages)
    #expect(reduced.map(\.price) == all.map(\.price))
    #expect(reduced.map { $0.operators.map(\.operation) } == all.map { $0.operators.map(\.operation) })
  }

  @Test func methodsInsideNeedTheirPart() throws {
    let features: () -> VisualFeatures = { Sample.text.features() }
    let language = try Catalog.standard.model("vicuna-7b")
    let tower = try Catalog.standard.model("clip-vit-large-patch14-336")
    #expect(throws: (any Error).self) {
      try VisualInput.reduced(by: ReducerChain("tome:r=19"), in: language, features: features)
    }
    #expect(throws: (any Error).self) {
      try VisualInput.reduced(by: ReducerChain("fastv"), in: tower, features: features)
    }
    #expect(try VisualInput.reduced(by: ReducerChain("fastv"), in: language, features: features).tokens.initial == 576)
  }

  /// The encoder's own operators follow the tokens that ToMe leaves: attention of layer 1 over 577 - 19 tokens.
  @Test func encoderFollowsTheSchedule() throws {
    let model = try Catalog.standard.model("llava-1.5-7b")
    let input = try VisualInput.reduced(by: ReducerChain("tome:r=19"), in: model) { Sample.text.features() }
    let estimate = try Estimate(
      model, on: Catalog.standard.hardware("a100-80gb"), precision: .fp16, visualInput: input, textTokens: 40)
    #expect(estimate.visualTokens == 139)
    let vision = try #require(estimate.stages.first { $0.stage == .vision }).operators.map(\.operation)
    let attention = vision.filter { $0.name == "attention.core" }
    #expect(attention.prefix(2).map(\.flops) == [FLOPs(4.0 * 577 * 577 * 1024), FLOPs(4.0 * 558 * 558 * 1024)])
    let up = vision.filter { $0.name == "mlp.up" }
    #expect(up.first?.flops == FLOPs(2.0 * 558 * 1024 * 4096))
    // The connector and the language model see 139 tokens, and every merge is on the bill.
    #expect(estimate.stages.first { $0.stage == .connector }?.flops == FLOPs(2.0 * 139 * (1024 * 4096 + 4096 * 4096)))
    let bill = try #require(estimate.stages.first { $0.stage == .reduction }).operators.map(\.operation)
    #expect(bill.filter { $0.name == "tome.merge" }.count == 23)
  }
}
