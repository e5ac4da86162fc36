import Architectures
import Documents
import Encoding
import Estimation
import Foundation
import Photographs
import Reduction
import ReductionMethods
import Testing

@Suite("A clip of frames")
struct ClipTests {
  /// A folder with so many frames, the i-th of which is the picture named `names[i % names.count]`.
  private func clip(_ names: [String], count: Int) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for frame in 0..<count {
      let name = "frame-\(frame < 10 ? "0" : "")\(frame).png"
      try FileManager.default.copyItem(
        atPath: Fixtures.picture(names[frame % names.count]), toPath: "\(folder.path)/\(name)")
    }
    return folder
  }

  /// torch.arange(0, 10, 10 / 4).int() is 0, 2, 5, 7: an even frame's picture, an even one's, two odd ones'.
  @Test("is sampled as transformers' processors sample")
  func sampled() throws {
    let folder = try clip(["rgb8.png", "palette8.png"], count: 10)
    let photograph = try Photograph(clip: folder.path, frames: 4, for: Fixtures.runner("plain"))
    let tiles = try photograph.encoded().tiles
    let first = try Photograph(Fixtures.picture("rgb8.png"), for: Fixtures.runner("plain")).encoded().first
    let second = try Photograph(Fixtures.picture("palette8.png"), for: Fixtures.runner("plain")).encoded().first
    #expect(photograph.frames == 4 && tiles.count == 4)
    for (tile, expected) in zip(tiles, [first, first, second, second]) { #expect(tile.tokens == expected.tokens) }
    #expect(try photograph.reduced(by: Reducers.named("fastervlm:3")).count == 12)
    // Fewer frames than are asked for are all there are.
    #expect(try Photograph(clip: folder.path, frames: 64, for: Fixtures.runner("plain")).frames == 10)
  }

  @Test("of frames that differ in size, or in no folder, is refused")
  func refused() throws {
    let folder = try clip(["rgb8.png", "large.png"], count: 2)
    let sizes = diagnostic { _ = try Photograph(clip: folder.path, frames: 2, for: Fixtures.runner("plain")) }
    #expect(sizes.contains("frame-01.png") && sizes.contains("190 x 130 pixels and the clip's first frame 37 x 21"))
    let file = diagnostic { _ = try ImageList([Fixtures.picture("rgb8.png")], clips: true) }
    #expect(file.contains("is no folder"))
    #expect(try ImageList([folder.path], clips: true).paths == [folder.path])
    #expect(try ImageList([folder.path]).paths.count == 2)
  }

  @Test("runs as many clips as there are folders, each by itself")
  func run() throws {
    let (one, two) = (try clip(["rgb8.png"], count: 3), try clip(["large.png"], count: 5))
    let encoder = try ImageEncoder(Fixtures.tower("plain"))
    var found: [String: Int] = [:]
    let run = ImageRun([one.path, two.path], encoder: encoder, jobs: 1, frames: 4)
    let tally = try run.measure { (photograph) throws(Diagnostic) in
      try photograph.reduced(by: Reducers.named("fastervlm:2")).count
    } deliver: { (path, result) throws(Diagnostic) in
      found[path] = try result.get()
    }
    #expect(tally.finished == 2 && found == [one.path: 6, two.path: 8])
  }
}
