internal import CImages
package import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Image {
  /// The bytes of a PNG file of the picture, 8 bits a channel.
  ///
  /// - Throws: `Diagnostic` if memory is short.
  package func png() throws(Diagnostic) -> [UInt8] {
    var report = images_report()
    report.width = UInt32(width)
    report.height = UInt32(height)
    var file: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = pixels.withUnsafeBufferPointer { pixels in
      pixels.baseAddress.map { images_png_encode($0, &file, &count, &report) } ?? IMAGES_DAMAGED
    }
    defer { free(file) }
    guard status == IMAGES_OK, let file else {
      throw Diagnostic("cannot make a PNG file: \(images_report.text(report.message))")
    }
    return Array(UnsafeBufferPointer(start: file, count: count))
  }

  /// Writes the picture as a PNG file in one step; see `Files.write`.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written or memory is short.
  package func write(to path: String) throws(Diagnostic) { try Files.write(png(), to: path) }
}
