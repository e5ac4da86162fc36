import Architectures
import Operators
import Quantities
import Testing

@Suite struct TokenScheduleTests {
  private func runs(_ schedule: TokenSchedule, layers: Int) -> [[Int]] {
    schedule.runs(layers: layers).map { [$0.tokens, $0.layers] }
  }

  @Test func constantScheduleIsOneRun() {
    #expect(runs(TokenSchedule(576), layers: 32) == [[576, 32]])
    #expect(runs(TokenSchedule(576), layers: 0) == [])
  }

  @Test func changesBeginTheirLayer() {
    // PyramidDrop on 32 layers: 100, 50, 25 and 12.5 % for eight layers each.
    let schedule = TokenSchedule(
      initial: 576,
      changes: [.init(fromLayer: 24, tokens: 72), .init(fromLayer: 8, tokens: 288), .init(fromLayer: 16, tokens: 144)])
    #expect(runs(schedule, layers: 32) == [[576, 8], [288, 8], [144, 8], [72, 8]])
    // A change beyond the last layer has no effect, one at layer 0 replaces the beginning.
    #expect(runs(schedule, layers: 10) == [[576, 8], [288, 2]])
    #expect(runs(TokenSchedule(initial: 9, changes: [.init(fromLayer: 0, tokens: 4)]), layers: 3) == [[4, 3]])
  }

  @Test func changeToTheSameNumberIsNone() throws {
    let same = TokenSchedule(initial: 5, changes: [.init(fromLayer: 1, tokens: 5)])
    #expect(runs(same, layers: 2) == [[5, 2]])
    let decoder = TrafficTests.decoder
    let (changing, plain) = (
      try Workload(visualTokens: same, textTokens: 2).prefill(of: decoder),
      try Workload(visualTokens: 5, textTokens: 2).prefill(of: decoder)
    )
    #expect(changing == plain)
    #expect(decoder.operators(changing, kernels: .fused) == decoder.operators(plain, kernels: .fused))
  }

  /// Dropping before the first layer spares no embedding: 2 visual rows and 2 of text, of which 1 + 2 go on.
  @Test func allTokensAreEmbedded() throws {
    let schedule = TokenSchedule(initial: 2, changes: [.init(fromLayer: 0, tokens: 1)])
    let decoder = TrafficTests.decoder
    let pass = try Workload(visualTokens: schedule, textTokens: 2).prefill(of: decoder)
    let operators = decoder.operators(pass, kernels: .fused)
    let embedding = try #require(operators.first { $0.name == "embedding" }).cost(at: .fp16).traffic
    #expect(embedding.weights == Bytes(2 * 8 * 2) && embedding.activationsRead == Bytes(2 * 8 * 2))
    #expect(embedding.activationsWritten == Bytes(4 * 8 * 2))
    // Gate and up of 8 x 10 each over 3 rows in two layers.
    let up = operators.filter { $0.name == "mlp.gate_up" }
    #expect(up.map(\.flops) == [FLOPs(2 * 3 * 8 * 20)] && up.map(\.repeatCount) == [2])
  }

  @Test func sizesOutOfRangeAreRefused() {
    #expect(throws: (any Error).self) { try Workload(visualTokens: 0, textTokens: 0) }
    #expect(throws: (any Error).self) { try Workload(visualTokens: -1, textTokens: 5) }
    #expect(throws: (any Error).self) { try Workload(visualTokens: Int.max, textTokens: 1) }
    #expect(throws: (any Error).self) { try Workload(visualTokens: 1, textTokens: 1, batch: 0) }
    #expect(throws: (any Error).self) { try Workload(visualTokens: 1, textTokens: 1, batch: Int.max) }
  }
}
