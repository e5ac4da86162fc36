import Testing

@testable import Images

struct ResamplingTests {
  /// Pillow's pixels, exactly, from every kind of loop.
  @Test func resizesAsPillowDoes() throws {
    for expected in try Fixtures.expected().resized {
      let image = try Image(contentsOf: Fixtures.path(expected.file))
      let filter = try #require(ResamplingFilter(rawValue: expected.filter))
      let (width, height) = (expected.width, expected.height)
      let name: Comment = "\(expected.file) to \(width) x \(height) by \(filter)"
      #expect(
        try image.resized(width: width, height: height, by: filter).pixels.withUnsafeBytes(checksum) == expected.pixels,
        name)
      let plain = image.resized(
        width: width, height: height, columns: 0..<width, rows: 0..<height, by: filter, level: 0)
      #expect(plain.pixels.withUnsafeBytes(checksum) == expected.pixels, name)
    }
  }

  /// A part of a resized picture is the same part cut out of the whole.
  @Test func computesPartsAlone() throws {
    let image = try Image(contentsOf: Fixtures.path("large.png"))
    for filter in ResamplingFilter.allCases {
      let whole = try image.resized(width: 61, height: 47, by: filter)
      for (columns, rows) in [(0..<1, 46..<47), (10..<51, 3..<44), (60..<61, 0..<47)] {
        let part = image.resized(width: 61, height: 47, columns: columns, rows: rows, by: filter)
        #expect(part == whole.part(columns: columns, rows: rows), "\(filter), \(columns), \(rows)")
      }
    }
  }

  @Test func refusesSizesThatCannotBe() throws {
    let image = try Image(width: 1, height: 1, pixels: [1, 2, 3])
    #expect(throws: (any Error).self) { try image.resized(width: 0, height: 5) }
    #expect(throws: (any Error).self) { try image.resized(width: 1 << 40, height: 1 << 40) }
  }
}
