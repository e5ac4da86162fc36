/// Sets the check sums of a PNG file's chunks right.
enum PNGChunks {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
  }

  /// The file with the check sum of every whole chunk made anew (PNG specification, section 5.3).
  static func mended(_ bytes: [UInt8]) -> [UInt8] {
    var mended = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= bytes.count else { break }
      var sum = ~UInt32(0)
      for byte in bytes[start + 4..<end] { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
      for place in 0..<4 { mended[end + place] = UInt8(truncatingIfNeeded: ~sum >> UInt32(24 - 8 * place)) }
      start = end + 4
    }
    return mended
  }
}
