import Documents
import Images

extension FuzzTarget {
  /// PNG pictures as they are, and with check sums that fit, without which nothing behind the header is read.
  static let png = FuzzTarget("png") { (bytes) throws(Diagnostic) in
    try look(at: bytes)
    let mended = PNGChunks.mended(bytes)
    if mended != bytes { try look(at: mended) }
  }

  /// JPEG pictures.
  static let jpeg = FuzzTarget("jpeg") { (bytes) throws(Diagnostic) in try look(at: bytes) }

  private static func look(at bytes: [UInt8]) throws(Diagnostic) {
    let picture = try Image(decoding: bytes, name: "picture")
    // What is done with all of a large picture takes seconds.
    guard picture.width * picture.height <= 10_000 else { return }
    let small = try picture.resized(width: 7, height: 5)
    let again = try Image(decoding: try small.png(), name: "again")
    precondition(again.pixels == small.pixels)
  }
}
