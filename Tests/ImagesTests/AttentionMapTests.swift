import Documents
import Testing

@testable import Images

struct AttentionMapTests {
  /// A picture of one colour, 8 x 4 patches of 2 x 2 pixels.
  private let plain: Image
  private let count = 4 * 8

  init() throws { plain = try Image(width: 16, height: 8, pixels: [UInt8](repeating: 200, count: 3 * 16 * 8)) }

  private func map(attention: [Float], kept: [Int] = []) throws -> AttentionMap {
    try AttentionMap(picture: plain, rows: 4, columns: 8, attention: attention, kept: kept)
  }

  /// The colours in the middles of the patches of the panel, 0 for the left one.
  private func patches(of image: Image, panel: Int) -> [[UInt8]] {
    // 672 pixels for 8 patches are 84 each; gaps are 0.03 * 672, rounded down to 20.
    (0..<count).map { patch in
      let x = 20 + panel * (672 + 20) + patch % 8 * 84 + 42
      let y = 20 + patch / 8 * 84 + 42
      return Array(image.pixels[3 * (y * image.width + x)..<3 * (y * image.width + x) + 3])
    }
  }

  @Test func drawsBothPanels() throws {
    let image = try map(attention: (0..<count).map(Float.init), kept: [9, 10]).drawn()
    #expect((image.width, image.height) == (2 * 672 + 3 * 20, 4 * 84 + 2 * 20))
    #expect(image.pixels.prefix(3) == [255, 255, 255])
    let sums = patches(of: image, panel: 0).map { $0.reduce(0) { $0 + Int($1) } }
    // More attention is brighter; from the 98th percentile on all are as bright as can be.
    #expect(zip(sums, sums.dropFirst()).dropLast().allSatisfy(<), "\(sums)")
    let right = patches(of: image, panel: 1)
    for patch in 0..<count {
      let isKept = patch == 9 || patch == 10
      #expect(right[patch] == (isKept ? [200, 200, 200] : right[0]), "\(patch)")
    }
    #expect(right[0].allSatisfy { $0 < 100 })
  }

  @Test func framesKeptPatches() throws {
    let image = try map(attention: [Float](repeating: 1, count: count), kept: [0]).drawn()
    let corner = 3 * (20 * image.width + 2 * 20 + 672)
    // Yellow, where a dropped patch would be grey.
    #expect(image.pixels[corner] > 230 && image.pixels[corner + 2] < 100)
  }

  @Test func drawsWhateverTheNumbersAre() throws {
    let kinds: [[Float]] = [
      [Float](repeating: 0, count: count), [Float](repeating: .nan, count: count),
      [Float](repeating: -.infinity, count: count),
      [.greatestFiniteMagnitude] + [Float](repeating: 0, count: count - 1),
    ]
    for attention in kinds { #expect(try map(attention: attention, kept: Array(0..<count)).drawn(panel: 1).width > 2) }
    // A single patch with all attention is bright although the 98th percentile is 0.
    let one = try map(attention: kinds[3]).drawn()
    #expect(patches(of: one, panel: 0)[0][0] > 200)
    #expect(patches(of: one, panel: 0)[1][0] < 50)
  }

  @Test func refusesWhatDoesNotFit() {
    #expect(
      diagnostic { try map(attention: [1, 2]) }
        == "error: expected the attention of 4 x 8 patches, found 2 numbers")
    for kept in [-1, count] {
      #expect(
        diagnostic { try map(attention: [Float](repeating: 1, count: count), kept: [kept]) }
          == "error: the kept patch \(kept) is none of the 4 x 8")
    }
    #expect(diagnostic { try AttentionMap(picture: plain, rows: 0, columns: 8, attention: [], kept: []) } != nil)
    #expect(
      diagnostic { try AttentionMap(picture: plain, rows: .max, columns: .max, attention: [], kept: []) } != nil)
    #expect(diagnostic { try map(attention: [Float](repeating: 1, count: count)).drawn(panel: .max) } != nil)
    #expect(diagnostic { try map(attention: [Float](repeating: 1, count: count)).drawn(panel: 0) } != nil)
  }

  /// The colours of matplotlib's inferno at 0, 64/255, 128/255 and 1.
  @Test func colorsAreInferno() {
    let known: [(Float, SIMD3<Float>)] = [
      (0, [0, 0, 4]), (64 / 255, [87, 16, 110]), (128 / 255, [188, 55, 84]), (1, [252, 255, 164]),
    ]
    for (value, color) in known {
      let difference = ColorMap.inferno[value] - color
      #expect((difference * difference).sum() < 16, "\(value)")
    }
    #expect(ColorMap.inferno[.nan] == ColorMap.inferno[0])
    #expect(ColorMap.inferno[7] == ColorMap.inferno[1])
  }
}
