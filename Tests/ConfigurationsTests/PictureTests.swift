import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// Several pictures in a request, videos and limits of pixels, as transformers 5.24.0's processors treat them.
@Suite("Pictures of a request") struct PictureTests {
  private func model(_ name: String) throws -> MultimodalModel { try ModelsOf2026Tests.model(name) }

  private func flops(_ model: MultimodalModel, _ stage: Stage) throws -> Double {
    let workload = try Workload(visualTokens: model.visualTokens ?? 0, textTokens: 1, images: 1)
    let stages = try Accounting.exact(kernels: .eager).stages(model, workload)
    return stages.filter { $0.stage == stage }.flatMap(\.operators).reduce(0) {
      $0 + $1.flops.value * Double($1.repeatCount)
    }
  }

  /// 640 x 480 makes 391 tokens in Qwen2-VL and 448 x 448 makes 256 (models_2026.csv).
  @Test func severalPicturesAreTheSumOfEach() throws {
    let model = try model("qwen2-vl-7b")
    let sizes = [
      ImageSize(width: 640, height: 480), ImageSize(width: 448, height: 448), ImageSize(width: 640, height: 480),
    ]
    let together = try model.reading(sizes)
    #expect(together.visualTokens == 2 * 391 + 256)
    #expect(together.parameterCount == model.parameterCount)
    for stage in [Stage.vision, .connector] {
      let apart = try sizes.map { try flops(model.reading(images: $0), stage) }.reduce(0, +)
      #expect(try flops(together, stage) == apart)
    }
  }

  /// InternVL3 at 640 x 480: the ratio 4:3 of 12 tiles and the whole, 13 x 256; LLaVA has 576 of any.
  @Test func tilesOfSeveralPicturesAddUp() throws {
    let intern = try model("internvl3-8b-chat")
    let one = try #require(try intern.reading(images: ImageSize(width: 640, height: 480)).tokensPerImage)
    let two = try intern.reading([ImageSize(width: 640, height: 480), ImageSize(width: 448, height: 448)])
    #expect(two.visualTokens == one + 256)
    let llava = try model("llava-1.5-7b-hf")
    let three = [ImageSize](repeating: ImageSize(width: 640, height: 480), count: 3)
    #expect(try llava.reading(three).visualTokens == 3 * 576)
  }

  /// Qwen2-VL: two frames a patch; 640 x 480 is 307,200 pixels, within 128 and 768 cells of 28 x 28: rounded to 644 x 476,
  /// 23 x 17 cells. Of 1920 x 1080 at most 602,112 pixels: 1036 x 560 (beta = sqrt(2073600 / 602112) = 1.8558, 1034.6 and
  /// 581.96 down to cells: 36 x 20).
  @Test func framesAreMergedInTime() throws {
    let qwen = try model("qwen2-vl-7b").reading(images: ImageSize(width: 640, height: 480))
    #expect(try qwen.reading(frames: 16).visualTokens == 8 * 23 * 17)
    #expect(try qwen.reading(frames: 15).visualTokens == 8 * 23 * 17)
    #expect(try qwen.reading(frames: 1).visualTokens == 23 * 17)
    let wide = try model("qwen2-vl-7b").reading(images: ImageSize(width: 1920, height: 1080))
    #expect(try wide.reading(frames: 4).visualTokens == 2 * 36 * 20)
    // Eight pairs of frames attend to themselves alone.
    #expect(try flops(qwen.reading(frames: 16), .vision) == 8 * flops(qwen, .vision))
  }

  /// LLaVA-OneVision pools the 27 x 27 patches of a frame to 14 x 14 and ends the video with one newline; InternVL has one
  /// tile of 256 a frame.
  @Test func otherVideosAreFramesInARow() throws {
    let llava = try model("llava-onevision-qwen2-7b-ov-hf").reading(frames: 8)
    #expect(llava.visualTokens == 8 * 196 + 1)
    #expect(try model("llava-next-video-7b-hf").reading(frames: 8).visualTokens == 8 * 144)
    #expect(try model("internvl3-8b-chat").reading(frames: 8).visualTokens == 8 * 256)
    #expect(try model("gemma-3-4b-it").reading(frames: 8).visualTokens == 8 * 256)
    #expect(throws: Diagnostic.self) { try model("llama-3.2-11b-vision").reading(frames: 8) }
    #expect(throws: Diagnostic.self) { try model("qwen3-4b").reading(frames: 8) }
  }

  /// At most 100,352 pixels of 640 x 480: beta = sqrt(307200 / 100352) = 1.7496, 365.8 and 274.3 down to 13 x 9 cells.
  @Test func pixelsAreLimited() throws {
    let qwen = try model("qwen2-vl-7b")
    let limited = try qwen.reading(mostPixels: 100_352).reading(images: ImageSize(width: 640, height: 480))
    #expect(limited.visualTokens == 13 * 9)
    #expect(throws: Diagnostic.self) { try qwen.reading(mostPixels: 100) }
    #expect(throws: Diagnostic.self) { try model("llava-1.5-7b-hf").reading(mostPixels: 100_352) }
  }

  @Test func whatCannotBeIsRefused() throws {
    let qwen = try model("qwen2-vl-7b")
    #expect(throws: Diagnostic.self) { try qwen.reading(frames: 1_000_000) }
    let many = [ImageSize](repeating: ImageSize(width: 4000, height: 3000), count: 4000)
    #expect(throws: Diagnostic.self) { try qwen.reading(many) }
    #expect(throws: Diagnostic.self) { try qwen.reading(Array(many.prefix(2))).reading(frames: 2) }
    #expect(try qwen.reading([]) == qwen)
  }
}
