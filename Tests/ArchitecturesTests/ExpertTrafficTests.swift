import Operators
import Quantities
import Testing

@testable import Architectures

/// Bytes of a layer of experts, derived by hand.
///
/// One layer, width w = 8, experts E = 4 of inner width f = 5, k = 2 for a token, shared experts of 3 in sum with a gate;
/// n = 3 tokens. FP16: 2 bytes an element.
@Suite struct ExpertTrafficTests {
  static let model: LanguageModel = {
    var block = TransformerBlock.decoder(width: 8, heads: 2, kvHeads: 1, headWidth: 4, feedForward: 1)
    block.experts = MixtureOfExperts(count: 4, perToken: 2, feedForward: 5, sharedWidth: 3, sharedGate: true)
    return LanguageModel(layers: 1, block: block, vocabulary: 7)
  }()

  private func costs(_ kernels: Accounting.Kernels) throws -> [String: Cost] {
    let pass = try Workload(visualTokens: 0, textTokens: 3).prefill(of: Self.model)
    let operators = Self.model.operators(pass, kernels: kernels)
    return Dictionary(operators.map { ($0.name.description, $0.cost(at: .fp16)) }) { first, _ in first }
  }

  @Test("other devices that have one of a token's experts: one misses all with 6/8 x 5/7")
  func expectedOtherDevices() {
    var experts = MixtureOfExperts(count: 8, perToken: 2, feedForward: 1)
    experts.resident = 2
    #expect(abs(experts.expectedOtherDevices(of: 4) - 3 * (1 - 30.0 / 56)) < 1e-15)
    // Four of six experts cannot all miss a device's three.
    experts = MixtureOfExperts(count: 6, perToken: 4, feedForward: 1)
    experts.resident = 3
    #expect(experts.expectedOtherDevices(of: 2) == 1)
  }

  @Test func expectedNumberOfExpertsHit() {
    let experts = MixtureOfExperts(count: 8, perToken: 2, feedForward: 1)
    #expect(experts.expectedDistinct(tokens: 0) == 0)
    #expect(experts.expectedDistinct(tokens: 1) == 2)
    // 8 (1 - 0.75^2) = 3.5; 8 (1 - 0.75^5) = 8 (1 - 243/1024) = 6.1015625
    #expect(experts.expectedDistinct(tokens: 2) == 3.5)
    #expect(experts.expectedDistinct(tokens: 5) == 6.1015625)
    #expect(experts.expectedDistinct(tokens: 1e6) == 8)
    #expect(MixtureOfExperts(count: 3, perToken: 3, feedForward: 1).expectedDistinct(tokens: 1) == 3)
  }

  @Test(arguments: Accounting.Kernels.allCases) func weightsAreThoseOfTheExpertsHit(_ kernels: Accounting.Kernels)
    throws
  {
    // 4 (1 - (1 - 2/4)^3) = 3.5 experts: gate and up 8 x 10 = 80 elements each, down 5 x 8 = 40.
    let costs = try costs(kernels)
    #expect(costs["experts.gate_up"]?.traffic.weights == Bytes(3.5 * 80 * 2))
    #expect(costs["experts.down"]?.traffic.weights == Bytes(3.5 * 40 * 2))
    // Router 8 x 4, gate of the shared experts 8 x 1.
    #expect(costs["router.scores"]?.traffic.weights == Bytes(32 * 2))
    #expect(costs["shared.gate_score"]?.traffic.weights == Bytes(8 * 2))
    // 3 tokens x 2 experts = 6 rows: 2 x 6 x 8 x 10 and 2 x 6 x 5 x 8 FLOPs.
    #expect(costs["experts.gate_up"]?.flops == FLOPs(960))
    #expect(costs["experts.down"]?.flops == FLOPs(480))
  }

  @Test func fusedKernelsReadTokensWhereTheyAre() throws {
    let fused = try costs(.fused)
    // In: 3 x 8 elements; out: 6 rows x 10. Down: 6 x 5 in, 6 x 8 out.
    #expect(fused["experts.gate_up"]?.traffic.activationsRead == Bytes(24 * 2))
    #expect(fused["experts.gate_up"]?.traffic.activationsWritten == Bytes(60 * 2))
    #expect(fused["experts.down"]?.traffic.activationsRead == Bytes(30 * 2))
    #expect(fused["experts.down"]?.traffic.activationsWritten == Bytes(48 * 2))
    // The sum of 48 elements, by 6 weights, with 24 elements of the shared experts.
    #expect(fused["experts.combine"]?.traffic.activationsRead == Bytes((48 + 6 + 24) * 2))
    // 48 products, 24 sums of two experts' results, 24 with the shared ones'.
    #expect(fused["experts.combine"]?.vectorFLOPs == FLOPs(96))
    // Eager ones copy every row for each of its experts first.
    let eager = try costs(.eager)
    #expect(eager["experts.dispatch"]?.traffic.activationsWritten == Bytes(48 * 2))
    #expect(eager["experts.gate_up"]?.traffic.activationsRead == Bytes(48 * 2))
  }

  @Test func allExpertsAreResident() {
    // Experts 4 x 120 = 480, router 32 + 8, shared 3 x 8 x 3 = 72; attention q 64, k and v 32 each, o 64;
    // norms 16 + 8; embedding and head 56 each.
    let count = Self.model.parameters.count
    #expect(count == 480 + 40 + 72 + 192 + 24 + 112)
    // INT4 leaves the router alone, the gate of the shared experts, norms, embedding and head.
    #expect(Self.model.parameters.converted == 480 + 72 + 192)
    #expect(Self.model.parameters.plain + Self.model.parameters.heads == 40 + 24 + 112)
  }
}
