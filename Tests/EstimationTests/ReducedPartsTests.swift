import Architectures
import Catalog
import Estimation
import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

/// Reducers that see every tile of a picture by itself, or choose behind a merger.
@Suite("A picture that is reduced in parts")
struct ReducedPartsTests {
  private func input(_ name: String, _ model: MultimodalModel, _ parts: [(patches: Int, left: Int)]) throws
    -> VisualInput
  {
    let tiles = parts.map { part -> ReducedTokens.Tile in
      let tokens = Matrix(rows: part.left, columns: 1) { $0.update(repeating: 0, count: part.left) }
      return (ReducedTokens(tokens: tokens, kept: [Int](0..<part.left)), part.patches)
    }
    return try .reduced(by: ReducerChain(name), in: model, tiles: tiles, of: "p.jpg", width: 1)
  }

  private func estimate(_ model: MultimodalModel, _ input: VisualInput) throws -> Estimate {
    try Estimate(
      model, on: Catalog.standard.hardware("a100-80gb"), precision: .fp16, visualInput: input, textTokens: 40)
  }

  private func flops(_ estimate: Estimate, _ stage: Stage) -> Double {
    estimate.stages.filter { $0.stage == stage }.reduce(0) { $0 + $1.flops.value }
  }

  /// LLaVA-NeXT sees 672 x 672 pixels in five tiles of 576 patches; its perceptron of 1024, 4096, 4096 comes after the reducer:
  /// 2 (1024 x 4096 + 4096 x 4096) FLOPs a token.
  @Test("has the perceptron of LLaVA-NeXT work on what is left of all tiles")
  func tiles() throws {
    let model = try Catalog.standard.model("llava-next-7b").reading(images: ImageSize(width: 672, height: 672))
    let found = try estimate(
      model, input("fastervlm:128", model, [(576, 128), (576, 128), (576, 128), (576, 128), (576, 128)]))
    #expect(found.visualTokens == 640)
    #expect(flops(found, .connector) == 640 * 2 * (1024 * 4096 + 4096 * 4096))
    // One row of the attention, 2 x 577 x 1024 FLOPs, in each of five tiles.
    #expect(flops(found, .reduction) == 5 * 2 * 577 * 1024)
    #expect(throws: (any Error).self) { try estimate(model, input("fastervlm:128", model, [(576, 128)])) }
  }

  /// Qwen2-VL makes 32 x 32 patches of 448 x 448 pixels, and 256 cells of these; its merger works on all of them.
  @Test("has a merger work on all of its cells")
  func merger() throws {
    let model = try Catalog.standard.model("qwen2-vl-7b").reading(images: ImageSize(width: 448, height: 448))
    let whole = try estimate(model, .tokens(256))
    let found = try estimate(model, input("fastervlm:64", model, [(256, 64)]))
    #expect(found.visualTokens == 64)
    #expect(flops(found, .connector) == flops(whole, .connector))
    #expect(flops(found, .prefill) < flops(whole, .prefill))
    // The whole square of the attention of 1024 patches of a width of 1280.
    #expect(flops(found, .reduction) == 2 * 1024 * 1024 * 1280)
  }
}
