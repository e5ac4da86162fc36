import Architectures
import Documents
import Operators
import Quantities
import Testing

/// Factors in place of matrices and adapters beside them, derived by hand.
///
/// Two layers, width 8, 4 heads of width 3, 2 key heads, feed-forward 10, vocabulary 7; n = 5 tokens. A layer's matrices are
/// q 8 x 12, k and v 8 x 6, o 12 x 8, gate and up 8 x 10, down 10 x 8: 528 elements, and two norms of 8.
@Suite("Factorised products and adapters") struct FactorTests {
  private let model = MultimodalModel(name: "m", title: "M", language: TrafficTests.decoder)

  private func language(_ factors: ProductFactors) throws -> LanguageModel {
    try #require(try model.storing(factors).language)
  }

  private func flops(_ language: LanguageModel, _ kernels: Accounting.Kernels) throws -> Double {
    let pass = try Workload(visualTokens: 0, textTokens: 5).prefill(of: language)
    return language.operators(pass, kernels: kernels).reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
  }

  @Test("half the rank: r (m + n) elements in place of m n")
  func halfRank() throws {
    // Half of the smaller side: 4 (8 + 12) + 2 x 3 (8 + 6) + 4 (12 + 8) + 3 x 4 (8 + 10) = 80 + 84 + 80 + 216 = 460.
    let language = try language(ProductFactors(rankRatio: 0.5))
    #expect(language.parameters.quantized == 2 * 460)
    // Norms, embedding and head as before: 2 x 16 + 8 + 2 x 56.
    #expect(language.parameters.count == 2 * 460 + 152)
    // 2 n elements a layer; attention 4 n^2 x 12 a layer; the head of one row 2 x 56.
    let expected: Int = 2 * (10 * 460 + 4 * 25 * 12) + 112
    for kernels in Accounting.Kernels.allCases { #expect(try flops(language, kernels) == Double(expected)) }
  }

  @Test("the whole rank doubles a square matrix")
  func wholeRank() throws {
    // 8 (8 + 12) + 2 x 6 (8 + 6) + 8 (12 + 8) + 3 x 8 (8 + 10) = 160 + 168 + 160 + 432.
    #expect(try language(ProductFactors(rankRatio: 1)).parameters.quantized == 2 * 920)
  }

  @Test("adapters of rank 2: 2 (m + n) elements more, in the base format, on the bill of every pass")
  func adapters() throws {
    // 2 (20 + 14 + 14 + 20 + 3 x 18) = 244 a layer.
    let language = try language(ProductFactors(adapterRank: 2))
    #expect(language.parameters.quantized == 2 * 528)
    #expect(language.parameters.count == 2 * (528 + 244) + 152)
    let expected: Int = 2 * (10 * (528 + 244) + 4 * 25 * 12) + 112
    for kernels in Accounting.Kernels.allCases { #expect(try flops(language, kernels) == Double(expected)) }
    // INT4 leaves them in FP16.
    let int4 = try model.storing(ProductFactors(adapterRank: 2)).weightBytes(at: .int4).value
    let packed: Double = 1056 * 4.15625 / 8
    let plain: Double = 640 * 2
    #expect(int4 == packed + plain)
  }

  @Test("an adapter adds to what the product left, also in the cache")
  func adapterTraffic() throws {
    let language = try language(ProductFactors(adapterRank: 2))
    let pass = try Workload(visualTokens: 0, textTokens: 5).prefill(of: language)
    let value = try #require(
      language.operators(pass, kernels: .eager).first { "\($0.name)" == "attention.value.adapter_up" })
    // 5 rows of rank 2; 5 x 6 values are read from the cache and written there again.
    #expect(value.moves.activationsRead == 10 && value.moves.cacheRead == 30 && value.moves.cacheWritten == 30)
    #expect(value.moves.weights == 12 && value.vectorFLOPs.value == 30)
  }

  @Test("devices share factors of the whole matrices' ranks")
  func shards() throws {
    let model = try model.storing(ProductFactors(rankRatio: 0.5))
    // Of two: q 4 (8 + 6), k and v 3 (8 + 3), o 4 (6 + 8), gate, up and down 4 (8 + 5).
    let half = model.shard(Parallelism(tensor: 2)).language?.parameters.quantized
    #expect(half == Double(2 * 334))
    // Of four: 2 key heads are replicated, 10 inner channels are filled up to 12: q 4 (8 + 3), k and v 3 (8 + 3), o 4 (3 + 8),
    // gate, up and down 4 (8 + 3).
    let quarter = model.shard(Parallelism(tensor: 4)).language?.parameters.quantized
    #expect(quarter == Double(2 * 286))
  }

  @Test("what makes no sense is refused")
  func refusals() {
    #expect(throws: Diagnostic.self) { try model.storing(ProductFactors(rankRatio: 1.5)) }
    #expect(throws: Diagnostic.self) { try model.storing(ProductFactors(adapterRank: -1)) }
    #expect(throws: Diagnostic.self) {
      try MultimodalModel(name: "n", title: "N").storing(ProductFactors(adapterRank: 1))
    }
  }
}
