import Documents
import Foundation
import Testing

@testable import Images

struct ImageRefusalTests {
  @Test(arguments: [
    "rgb-420.jpg", "rgb-progressive.jpg", "cmyk.jpg", "rgb8.png", "rgb8-interlaced.png", "palette4.png",
  ])
  func refusesAFileCutOffAnywhere(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    let whole = try Image(decoding: bytes, name: name)
    for length in 0..<bytes.count {
      do {
        let image = try Image(decoding: Array(bytes[..<length]), name: name)
        // As in Pillow, only what follows the last row may be missing: a checksum, or the mark of the end.
        #expect(length >= bytes.count - 20, "\(length) of \(bytes.count) bytes")
        #expect(image.pixels == whole.pixels, "\(length) of \(bytes.count) bytes")
      } catch {
        #expect(error.file == name)
      }
    }
    let half = diagnostic { try Image(decoding: Array(bytes[..<(bytes.count * 3 / 4)]), name: name) }
    let format = name.hasSuffix("png") ? "PNG" : "JPEG"
    #expect(
      half == "\(name): error: truncated: the \(format) data end before the picture does; copy it anew")
  }

  /// Whatever is in a file, it ends in a picture of the stated size or in an error.
  @Test func survivesDamage() throws {
    var random = SplitMix(state: 7)
    for name in try Fixtures.pictures() {
      let bytes = try Fixtures.bytes(name)
      for _ in 0..<40 {
        var damaged = bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          // Headers decide more than data do.
          let range = Bool.random(using: &random) ? min(bytes.count, 64) : bytes.count
          let place = Int.random(in: 0..<range, using: &random)
          damaged[place] = Bool.random(using: &random) ? .random(in: 0...255, using: &random) : damaged[place] ^ 1 << 6
        }
        guard let image = try? Image(decoding: damaged, name: name) else { continue }
        #expect(image.pixels.count == 3 * image.width * image.height)
      }
    }
  }

  /// A PNG file that states a size and holds next to nothing.
  private func png(width: UInt32, height: UInt32, bits: UInt8 = 8, color: UInt8 = 2) throws -> [UInt8] {
    func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }
    func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
      let body = Array(name.utf8) + data
      return bigEndian(UInt32(data.count)) + body + bigEndian(body.withUnsafeBytes(checksum))
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", bigEndian(width) + bigEndian(height) + [bits, color, 0, 0, 0])
      // Deflate's stored block of one zero.
      + chunk("IDAT", [0x78, 0x01, 0x01, 0x01, 0x00, 0xFE, 0xFF, 0x00, 0x00, 0x01, 0x00, 0x01]) + chunk("IEND", [])
  }

  @Test func refusesSizesThatCannotBe() throws {
    for (width, height) in [(0, 1), (1, 0), (1 << 31, 1), (1, 1 << 31), (.max, .max), (1_000_001, 1)] {
      let file = try png(width: UInt32(truncatingIfNeeded: width), height: UInt32(truncatingIfNeeded: height))
      #expect(throws: Diagnostic.self, "\(width) x \(height)") { try Image(decoding: file, name: "a.png") }
    }
    let bomb = diagnostic { try Image(decoding: png(width: 20_000, height: 20_000), name: "a.png") }
    #expect(
      bomb
        == "a.png: error: the picture has 20000 x 20000 pixels; at most 178956970, and 1000000 on a side, are read; make it smaller"
    )
    let hollow = diagnostic { try Image(decoding: png(width: 13_000, height: 13_000), name: "a.png") }
    #expect(
      hollow == "a.png: error: damaged: it states 13000 x 13000 pixels, which its 69 bytes cannot hold; copy it anew")
    #expect(
      diagnostic { try Image(decoding: png(width: 1, height: 2), name: "a.png") }
        == "a.png: error: the PNG data cannot be read: Not enough image data; save it anew")
  }

  @Test func refusesSizesOfJPEGThatCannotBe() throws {
    let bytes = try Fixtures.bytes("rgb-420.jpg")
    // The frame's segment: FF C0, length, 8 bits, height, width.
    let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    func sized(_ width: Int, _ height: Int) -> [UInt8] {
      var file = bytes
      file.replaceSubrange(
        frame + 5..<frame + 9, with: [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) })
      return file
    }
    #expect(try Image(decoding: sized(67, 45), name: "a.jpg").width == 67)
    for (width, height) in [(0, 45), (67, 0), (65_535, 65_535), (13_000, 13_000), (65_535, 2_000)] {
      #expect(throws: Diagnostic.self, "\(width) x \(height)") { try Image(decoding: sized(width, height), name: "a") }
    }
  }

  /// Each scan of a progressive JPEG is a pass over the picture; a file of many tiny ones would take minutes.
  @Test func refusesJPEGWithThousandsOfScans() throws {
    let bytes = try Fixtures.bytes("gray-progressive.jpg")
    let scans = (0..<bytes.count - 1).filter { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
    let last = try #require(scans.last)
    let end = bytes.count - 2
    let many = Array(bytes[..<end]) + (0..<200).flatMap { _ in bytes[last..<end] } + bytes[end...]
    #expect(
      diagnostic { try Image(decoding: many, name: "a.jpg") }
        == "a.jpg: error: more than 100 scans, as no encoder writes, or scans that pass over more than 20000000 blocks "
        + "together; save it anew in one scan")
  }

  @Test func namesOtherFormats() throws {
    let starts: [(String, [UInt8])] = [
      ("GIF", Array("GIF89a".utf8)), ("WebP", Array("RIFF\0\0\0\0WEBPVP8 ".utf8)), ("BMP", Array("BM".utf8)),
      ("TIFF", [0x49, 0x49, 0x2A, 0]), ("TIFF", [0x4D, 0x4D, 0, 0x2A]),
      ("HEIC", [0, 0, 0, 24] + Array("ftypheic".utf8)),
      ("AVIF", [0, 0, 0, 24] + Array("ftypavif".utf8)), ("JPEG XL", [0xFF, 0x0A]), ("PDF", Array("%PDF-1.7".utf8)),
    ]
    for (name, start) in starts {
      let error = diagnostic { try Image(decoding: start + [UInt8](repeating: 0, count: 40), name: "a.jpg") }
      #expect(error == "a.jpg: error: \(name), neither JPEG nor PNG; convert it first")
    }
    #expect(
      diagnostic { try Image(decoding: Array("hello".utf8), name: "a.jpg") }
        == "a.jpg: error: neither JPEG nor PNG")
    #expect(
      diagnostic { try Image(decoding: [], name: "a.jpg") }
        == "a.jpg: error: empty file; expected a JPEG or PNG picture")
  }

  @Test func refusesWhatIsNoFile() throws {
    #expect(diagnostic { try Image(contentsOf: "/dev/zero") }?.contains("is a pipe or a device") == true)
    #expect(diagnostic { try Image(contentsOf: "/") }?.contains("is a directory") == true)
    #expect(diagnostic { try Image(contentsOf: "/nowhere.jpg") }?.contains("No such file") == true)
    let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("roofline-\(UUID().uuidString)").path
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    #expect(diagnostic { try Image(contentsOf: pipe) }?.contains("is a pipe or a device") == true)
  }

  /// Zeros behind its end, so that a file is large enough for what it states.
  private func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }

  @Test("few scans over many blocks are as long a work as many over few")
  func refusesScansOverManyBlocks() throws {
    let bytes = try Fixtures.bytes("gray-progressive.jpg")
    // The frame's segment: FF C2, length, 8 bits, height, width.
    let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC2 })
    func sized(_ side: Int) -> [UInt8] {
      var file = bytes
      file.replaceSubrange(
        frame + 5..<frame + 9, with: [side >> 8, side & 255, side >> 8, side & 255].map { UInt8($0) })
      return padded(file, to: 1 << 20)
    }
    // 1672 x 1672 blocks, 2.8 million, may be passed over seven times, not eight times.
    let scans = (0..<bytes.count - 1).count { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
    try #require(scans < 8)
    let last = try #require((0..<bytes.count - 1).last { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    var many = sized(13_370)
    many.insert(contentsOf: (scans..<8).flatMap { _ in bytes[last..<bytes.count - 2] }, at: bytes.count - 2)
    #expect(diagnostic { try Image(decoding: many, name: "a.jpg") }?.contains("pass over more than 20000000") == true)
  }

  @Test("what a picture takes on the way to 8 bits a channel is limited, too")
  func refusesWideChannels() throws {
    // 16 bits of red, green, blue and opacity: 8 bytes a pixel and one a row, 100,000,000 x 8 + 10,000.
    let wide = try padded(png(width: 10_000, height: 10_000, bits: 16, color: 6), to: 1 << 20)
    #expect(
      diagnostic { try Image(decoding: wide, name: "a.png") }?
        .hasPrefix(
          "a.png: error: 10000 x 10000 pixels take 800010000 bytes before they are 8 bits a channel; at most 50")
        == true)
    // 7,000 x 7,000 of them are 392 MB: what is wrong is the data.
    let less = try padded(png(width: 7000, height: 7000, bits: 16, color: 6), to: 1 << 20)
    #expect(diagnostic { try Image(decoding: less, name: "a.png") }?.contains("before they are") == false)
  }
}
