import Testing

@testable import Architectures

@Suite("Sizes that images are scaled to")
struct ImageRuleTests {
  @Test("the limits of all frames together are shared by an even number of them")
  func video() {
    var all = NativeResolution(cell: 28, minimum: 1, maximum: 2)
    #expect(all.ofVideo(5) == all)
    all.video = NativeResolution.Video(minimum: 60, maximum: 1200, areOfAll: true)
    // 5 frames are encoded as 6: 60 / 6 and 1200 / 6. One is encoded as 2.
    #expect((all.ofVideo(5).minimum, all.ofVideo(5).maximum) == (10, 200))
    #expect((all.ofVideo(1).minimum, all.ofVideo(1).maximum) == (30, 600))
    #expect((all.ofVideo(4).minimum, all.ofVideo(4).maximum) == (15, 300))
    var each = NativeResolution(cell: 28, minimum: 1, maximum: 2)
    each.video = NativeResolution.Video(minimum: 60, maximum: 1200, areOfAll: false)
    #expect((each.ofVideo(5).minimum, each.ofVideo(5).maximum) == (60, 1200))
  }

  /// LLaVA-NeXT's choices.
  private let tiling = ImageTiling(
    resolutions: [(672, 336), (336, 672), (672, 672), (336, 1008), (1008, 336)].map {
      ImageSize(width: $0.0, height: $0.1)
    })

  @Test("the resolution that shows most and, of several, wastes least")
  func resolution() throws {
    func chosen(_ width: Int, _ height: Int) throws -> [Int] {
      let size = try #require(tiling.resolution(for: ImageSize(width: width, height: height)))
      return [size.width, size.height]
    }
    // 672 x 537 of it are shown in 672 x 672, 420 x 336 at most in the others.
    #expect(try chosen(1000, 800) == [672, 672])
    // 1008 x 252 in 1008 x 336; 672 x 168 in the others.
    #expect(try chosen(1200, 300) == [1008, 336])
    // All of it is shown everywhere: the first of the smallest.
    #expect(try chosen(100, 100) == [672, 336])
    #expect(try chosen(1, 1) == [672, 336])
    #expect(ImageTiling(resolutions: []).resolution(for: ImageSize(width: 1, height: 1)) == nil)
  }
}
