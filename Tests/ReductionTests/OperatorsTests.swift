import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

/// The bill of a reduction of 576 patches, 1024 wide: see `PruMerge.operators`.
struct OperatorsTests {
  private func flops(_ reducer: any TokenReducer, kept: Int, count: Int) -> [String: (matrix: Double, vector: Double)] {
    let shape = ReductionShape(patches: 576, block: .clip(width: 1024), kept: kept, count: count, images: 1, layers: 24)
    let pairs = reducer.operators(shape).map { ($0.name.description, ($0.flops.value, $0.vectorFLOPs.value)) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  @Test func countsWhatIsComputed() {
    let bill = flops(PruMerge(), kept: 40, count: 41)
    #expect(bill["last_layer.keys"]?.matrix == (2 * 577 * 1024 * 1024) as Double)
    #expect(bill["last_layer.class_query"]?.matrix == (2 * 1024 * 1024) as Double)
    #expect(bill["class_attention"]?.matrix == (2 * 577 * 1024) as Double)
    #expect(bill["similarity"]?.matrix == (2 * 40 * 576 * 1024) as Double)
    #expect(bill["key_norms"]?.vector == (2 * 576 * 1024) as Double)
    // 32 neighbours of 40 patches, and 536 patches in the token for the rest.
    #expect(bill["merge"]?.vector == (2 * (40 * 32 + 536) * 1024) as Double)
  }

  @Test func thePapersVariantMergesLess() {
    let bill = flops(PruMerge(.paper), kept: 40, count: 40)
    #expect(bill["key_norms"] == nil)
    #expect(bill["merge"]?.vector == (2 * 40 * 32 * 1024) as Double)
    // Half of the 80 tokens stay as they are.
    let plus = flops(PruMergePlus(.paper), kept: 80, count: 80)
    #expect(plus["similarity"]?.matrix == (2 * 40 * 576 * 1024) as Double)
    #expect(plus["merge"]?.vector == (2 * 40 * 32 * 1024) as Double)
  }

  @Test func withoutOutliersOnlyTheRestIsSummed() {
    let bill = flops(PruMerge(), kept: 0, count: 1)
    #expect(bill["similarity"] == nil)
    #expect(bill["merge"]?.vector == (2 * 576 * 1024) as Double)
  }

  @Test func everyImageIsReducedOnItsOwn() {
    let one = ReductionShape(patches: 576, block: .clip(width: 1024), kept: 40, count: 41, images: 1, layers: 24)
    var four = one
    four.images = 4
    for (single, several) in zip(PruMergePlus().operators(one), PruMergePlus().operators(four)) {
      #expect(several.flops == single.flops * 4)
      #expect(several.vectorFLOPs == single.vectorFLOPs * 4)
    }
  }
}
