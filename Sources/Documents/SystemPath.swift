#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Names of files as texts: to the system a name is bytes, which need not be UTF-8.
///
/// A byte that is not part of UTF-8 becomes one of 128 private characters, U+EF80 to U+EFFF for 80 to FF, and becomes
/// that byte again where the name is handed to the system. So that no two names become one, the bytes of those
/// characters themselves are treated likewise.
enum SystemPath {
  /// What a byte from 80 to FF is added to.
  private static let base: UInt32 = 0xEF00
  private static let escapes: ClosedRange<UInt32> = 0xEF80...0xEFFF
  /// What those characters begin with in UTF-8.
  static let firstByte: Int32 = 0xEE

  /// The byte that a character stands for, if it stands for one.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    escapes.contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }

  /// The text of a name's bytes.
  static func text(of bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: { byte(of: $0) != nil })
    {
      return text
    }
    var text = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first
      if let scalar, byte(of: scalar) == nil {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else if let escape = Unicode.Scalar(base + UInt32(first)) {
        text.append(escape)
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }
}

extension String {
  /// The text of a name's or path's bytes, which need not be UTF-8; `systemPath` gives the same bytes back.
  package init(systemPath bytes: some Collection<UInt8>) { self = SystemPath.text(of: bytes) }

  /// The text of a name's or path's bytes up to a zero.
  package init(systemPath bytes: UnsafePointer<CChar>) {
    var count = 0
    while bytes[count] != 0 { count += 1 }
    self = bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
      SystemPath.text(of: UnsafeBufferPointer(start: $0, count: count))
    }
  }

  /// The bytes that the system knows a name or path by, without a zero behind them.
  package var systemBytes: [UInt8] { systemPath.dropLast().map { UInt8(bitPattern: $0) } }

  /// The same as C functions take it, with a zero behind it.
  package var systemPath: [CChar] {
    var text = self
    guard
      text.withUTF8({ bytes in bytes.baseAddress.map { memchr($0, SystemPath.firstByte, bytes.count) != nil } == true })
    else {
      return [CChar](utf8CString)
    }
    let bytes = unicodeScalars.flatMap { scalar in
      SystemPath.byte(of: scalar).map { [$0] } ?? [UInt8](UTF8.encode(scalar) ?? .init())
    }
    return bytes.map { CChar(bitPattern: $0) } + [0]
  }

  /// What stands behind the last slash of a path.
  package var fileName: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return self }
    return String(decoding: utf8[utf8.index(after: slash)...], as: UTF8.self)
  }

  /// What stands before the file's name, with the slash; empty without one.
  package var folderPrefix: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(decoding: utf8[...slash], as: UTF8.self)
  }

  /// What a file's name ends in, with the dot, in small letters, as in `.csv`: letters and digits, a letter among them;
  /// nil if it has no such ending.
  package var fileEnding: String? {
    let name = fileName
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.utf8.startIndex else { return nil }
    let ending = String(decoding: name.utf8[dot...], as: UTF8.self).lowercased()
    let isEnding = ending.count > 1 && ending.dropFirst().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return isEnding && ending.contains(where: \.isLetter) ? ending : nil
  }
}
