import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

/// Bills as the released code runs up, against those of what is needed: 576 patches, 1024 wide, 16 heads.
struct BillTests {
  private func bill(_ specification: String, kept: Int, count: Int) throws -> [Operator] {
    try Reducers.named(specification).operators(
      ReductionShape(patches: 576, block: .clip(width: 1024), kept: kept, count: count, images: 1, layers: 24))
  }

  private func flops(_ operators: [Operator]) -> Double { operators.reduce(0) { $0 + $1.flops.value } }

  /// A layer of CLIP ViT-L over 577 tokens is 15,884,357,632 FLOPs: see `CountTests`. Besides, the attention of all
  /// tokens in one head, 2 x 577^2 x 1024, and the similarities, 2 x 40 x 576 x 1024.
  @Test func pruMergeAsReleasedRunsTheLastLayer() throws {
    let released = try bill("prumerge:bill=released", kept: 40, count: 41)
    let (layer, attention, similarities) = (15_884_357_632, 2 * 577 * 577 * 1024, 2 * 40 * 576 * 1024)
    #expect(flops(released) == Double(layer + attention + similarities))
    #expect(try flops(bill("prumerge", kept: 40, count: 41)) < flops(released) / 10)
  }

  @Test(arguments: ["fastervlm:40,bill=released", "visionzip:34+6,bill=released"])
  func handingOutAttentionWritesItsScores(specification: String) throws {
    let released = try bill(specification, kept: 40, count: 40)
    let scores = try #require(released.first { $0.name == "attention_scores" })
    #expect(scores.repeatCount == 24)
    // 16 heads of 577 x 577 scores, twice read and twice written.
    #expect(scores.cost(at: .fp16).traffic.total == Bytes(2 * 4 * 16 * 577 * 577))
    #expect(flops(released) >= 15_884_357_632)
  }

  @Test(arguments: ["prumerge:bill=released", "prumerge+:paper,bill=released", "fastervlm:9,bill=released"])
  func namesTellTheBill(specification: String) throws {
    #expect(try Reducers.named(specification).name == specification)
  }

  @Test(arguments: ["prumerge:bill=theirs", "sequential:9,bill=released", "tome:r=9,bill=released"])
  func refusesOtherBills(specification: String) {
    #expect(throws: (any Error).self) { try Reducers.named(specification) }
  }

  /// Kernels as torch.profiler counted them: Benchmarks/measured/h100-sxm/launches.csv. With 16 patches kept PyTorch takes
  /// another way to the nearest ones, of fewer kernels.
  @Test(arguments: [
    ("prumerge:ratio=0.0278", 16, 228.0, 0.1), ("prumerge:ratio=0.0685", 39, 525, 0.01),
    ("prumerge:ratio=0.25", 144, 1785, 0.01), ("prumerge+:ratio=0.0625", 72, 923, 0.01),
    ("prumerge+:ratio=0.125", 144, 1787, 0.01), ("visionzip:54+10", 54, 60, 0.2), ("visionzip:170+30", 170, 80, 0.2),
    ("fastervlm:64", 64, 9, 0),
  ])
  func launchesAsCounted(specification: String, kept: Int, counted: Double, error: Double) throws {
    let shape = ReductionShape(
      patches: 576, block: .clip(width: 1024), kept: kept, count: kept + 1, images: 1, layers: 24)
    let launches = try #require(try Reducers.named(specification).launches(shape))
    #expect(abs(launches / counted - 1) <= error)
  }

  /// One row of attention of 577 keys: 2 x 577 x 1024.
  @Test func fasterVLMNeedsOneRow() throws {
    #expect(try flops(bill("fastervlm:40", kept: 40, count: 40)) == Double(2 * 577 * 1024))
  }

  /// What a reducer's bill lists is finite and not negative, whatever the sizes.
  @Test(arguments: Reducers.all.filter { $0.name != "schedule" }.map(\.example), [1, 2, 32, 577, 2880])
  func billsAreSound(specification: String, patches: Int) throws {
    guard let reducer = try Reducers.method(specification) as? any TokenReducer else { return }
    for kept in [0, 1, patches / 2, patches] {
      let shape = ReductionShape(
        patches: patches, block: .clip(width: 768), kept: kept, count: kept, images: 3, layers: 24)
      for step in reducer.operators(shape) {
        #expect(step.flops.value >= 0 && step.flops.value.isFinite, "\(step.name)")
        #expect(step.vectorFLOPs.value >= 0 && step.vectorFLOPs.value.isFinite, "\(step.name)")
        let traffic = step.cost(at: .int4).traffic
        for bytes in [
          traffic.weights, traffic.activationsRead, traffic.activationsWritten, traffic.cacheRead, traffic.cacheWritten,
        ] { #expect(bytes.value >= 0 && bytes.value.isFinite, "\(step.name)") }
      }
    }
  }
}
