/// Finds what EXIF says of a picture's orientation; anything malformed counts as not said.
enum Orientation {
  /// The orientation, 1 to 8, that a JPEG file states in its application segment 1.
  static func ofJPEG(_ bytes: [UInt8]) -> Int? {
    var offset = 2
    while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
      let marker = bytes[offset + 1]
      // Bytes that fill up, then the markers that end the header: start of scan, end of image.
      if marker == 0xFF {
        offset += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { return nil }
      let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      let segment = bytes[min(offset + 4, bytes.count)..<min(offset + 2 + max(2, length), bytes.count)]
      if marker == 0xE1, segment.starts(with: "Exif\0\0".utf8) { return ofTIFF(Array(segment.dropFirst(6))) }
      offset += 2 + max(2, length)
    }
    return nil
  }

  /// The orientation, 1 to 8, that a PNG file states in its chunk `eXIf`.
  static func ofPNG(_ bytes: [UInt8]) -> Int? {
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = offset + 8 + length
      guard end <= bytes.count else { return nil }
      if bytes[offset + 4..<offset + 8].elementsEqual("eXIf".utf8) { return ofTIFF(Array(bytes[offset + 8..<end])) }
      offset = end + 4
    }
    return nil
  }

  /// The value of the tag 0x0112 in the first directory of a TIFF structure.
  private static func ofTIFF(_ bytes: [UInt8]) -> Int? {
    let isLittle = bytes.starts(with: "II".utf8)
    guard isLittle || bytes.starts(with: "MM".utf8) else { return nil }
    func number(at offset: Int, count: Int) -> Int? {
      guard offset >= 0, offset + count <= bytes.count else { return nil }
      let field = bytes[offset..<offset + count]
      return isLittle ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, count: 2) == 42, let directory = number(at: 4, count: 4),
      let entries = number(at: directory, count: 2)
    else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = number(at: offset, count: 2), let type = number(at: offset + 2, count: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      guard type == 3, let value = number(at: offset + 8, count: 2), (1...8).contains(value) else { return nil }
      return value
    }
    return nil
  }
}
