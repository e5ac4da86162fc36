import Documents
import Foundation
import Testing

@testable import Images

struct ImageTests {
  /// Pillow's pixels, exactly: libpng's always, and libjpeg's with the same settings.
  @Test func readsPixelsAsPillowDoes() throws {
    let pictures = try Fixtures.expected().pictures
    #expect(pictures.count > 50)
    for picture in pictures {
      let image = try Image(contentsOf: Fixtures.path(picture.file))
      #expect((image.width, image.height) == (picture.width, picture.height), "\(picture.file)")
      #expect(image.pixels.withUnsafeBytes(checksum) == picture.pixels, "\(picture.file), \(picture.mode)")
      #expect(image.orientation == picture.orientation, "\(picture.file)")
      #expect(image.warning == nil, "\(picture.file)")
    }
  }

  @Test func saysWhetherAFileAsksForRotation() throws {
    #expect(try Image(contentsOf: Fixtures.path("rgb-exif-little.jpg")).asksForRotation)
    #expect(try !Image(contentsOf: Fixtures.path("rgb-exif-upright.jpg")).asksForRotation)
    #expect(try !Image(contentsOf: Fixtures.path("rgb-420.jpg")).asksForRotation)
  }

  @Test func holdsAsManyPixelsAsItSays() throws {
    #expect(throws: Diagnostic.self) { try Image(width: 2, height: 2, pixels: [UInt8](repeating: 0, count: 11)) }
    #expect(throws: Diagnostic.self) { try Image(width: 0, height: 2, pixels: []) }
    #expect(throws: Diagnostic.self) { try Image(width: .max, height: .max, pixels: []) }
    #expect(try Image(width: 1, height: 1, pixels: [1, 2, 3]).pixels == [1, 2, 3])
  }

  @Test func writesPNGThatReadsBack() throws {
    for name in try Fixtures.pictures() {
      let image = try Image(contentsOf: Fixtures.path(name))
      let again = try Image(decoding: image.png(), name: "again")
      #expect((again.width, again.height, again.pixels) == (image.width, image.height, image.pixels), "\(name)")
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roofline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let image = try Image(contentsOf: Fixtures.path("rgb-420.jpg"))
    let path = folder.appendingPathComponent("picture.png").path
    try image.write(to: path)
    #expect(try Image(contentsOf: path).pixels == image.pixels)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["picture.png"])
  }
}
