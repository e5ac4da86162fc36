import Photographs
import Testing

@Suite struct ProgressTests {
  // 40 in 20 s are 2 a second, so that the other 160 take 80 s; 30 columns of bar, of which 30 * 40 / 200 = 6 are full.
  @Test func showsBarRateAndTimeLeft() {
    let progress = Progress(done: 40, total: 200, failed: 0, seconds: 20)
    #expect(
      progress.text(width: 100) == "[######------------------------] 40 of 200 images  2.0/s  1:20 left")
    #expect(progress.text(width: 24) == "40 of 200 images  2.0/s")
    #expect(progress.text(width: 0) == "")
  }

  // 2 in 8 s are 4 s each; 998 more take 3992 s.
  @Test func slowRunsShowSecondsAndSkippedPictures() {
    let text = Progress(done: 2, total: 1000, failed: 1, seconds: 8).text(width: 120)
    #expect(text.hasSuffix("] 2 of 1000 images, 1 skipped  4.0 s each  1:06:32 left"))
  }

  @Test func beginningAndEndHaveNoTimeLeft() {
    let empty = String(repeating: "-", count: 30)
    #expect(Progress(done: 0, total: 5, failed: 0, seconds: 0).text(width: 80) == "[\(empty)] 0 of 5 images")
    let full = String(repeating: "#", count: 30)
    #expect(Progress(done: 5, total: 5, failed: 0, seconds: 1).text(width: 80) == "[\(full)] 5 of 5 images  5.0/s")
  }

  @Test(arguments: 0...120) func neverFillsTheLine(width: Int) {
    let text = Progress(done: 7, total: 12345, failed: 3, seconds: 100).text(width: width)
    #expect(text.count <= max(0, width - 1))
  }
}
