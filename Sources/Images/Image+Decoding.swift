internal import CImages
package import Documents

extension Image {
  /// Reads a JPEG or PNG file as `PIL.Image.open(path).convert("RGB")` does.
  ///
  /// Transparency is dropped, not blended; of 16 bits a channel the upper 8 count (grayscale of 16 bits is limited to
  /// 255 instead); profiles and gamma are ignored.
  /// - Throws: `Diagnostic` if there is no such regular file, it is of another kind, damaged, truncated, or larger than
  ///   `byteLimit`, `sideLimit`, `pixelLimit` or `rawLimit` allow, all of which is checked before memory is taken for it, or
  ///   if its scans together pass over more than 20 million blocks.
  package init(contentsOf path: String) throws(Diagnostic) {
    try self.init(decoding: Files.read(path, limit: Self.byteLimit, regularOnly: true), name: path)
  }

  /// Reads the bytes of a JPEG or PNG file, which errors call `name`; see `init(contentsOf:)`.
  package init(decoding bytes: [UInt8], name: String) throws(Diagnostic) {
    guard !bytes.isEmpty else { throw Diagnostic(file: name, "empty file; expected a JPEG or PNG picture") }
    switch ImageFormat(bytes) {
    case .jpeg:
      try self.init(
        bytes, name, .jpeg, header: images_jpeg_header, pixels: images_jpeg_pixels,
        // A block takes at least a bit.
        isPlausible: { $0.blocks / 8 <= bytes.count }, rawBytes: \.held_bytes, orientation: Orientation.ofJPEG(bytes))
    case .png:
      try self.init(
        bytes, name, .png, header: images_png_header, pixels: images_png_pixels,
        // Deflate makes at most 1032 bytes of one.
        isPlausible: { $0.raw_bytes / 1032 <= bytes.count }, rawBytes: \.raw_bytes,
        orientation: Orientation.ofPNG(bytes))
    case let other?:
      throw Diagnostic(file: name, "\(other.rawValue), neither JPEG nor PNG; convert it first")
    case nil:
      throw Diagnostic(file: name, "neither JPEG nor PNG")
    }
  }

  private typealias Header = (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<images_report>) -> images_status
  private typealias Pixels = (
    UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<images_report>
  ) -> images_status

  private init(
    _ bytes: [UInt8], _ name: String, _ format: ImageFormat, header: Header, pixels decode: Pixels,
    isPlausible: (images_report) -> Bool, rawBytes: (images_report) -> UInt64, orientation: Int?
  ) throws(Diagnostic) {
    var report = images_report()
    func check(_ status: images_status) throws(Diagnostic) {
      if let message = report.failure(status, format) { throw Diagnostic(file: name, message) }
    }
    try check(
      bytes.withUnsafeBufferPointer { $0.baseAddress.map { header($0, bytes.count, &report) } ?? IMAGES_TRUNCATED })
    let (width, height) = (Int(report.width), Int(report.height))
    if let refusal = Self.refusal(width: width, height: height) {
      throw Diagnostic(file: name, "the picture \(refusal)")
    }
    guard isPlausible(report) else {
      throw Diagnostic(
        file: name,
        "damaged: it states \(width) x \(height) pixels, which its \(bytes.count) bytes cannot hold; copy it anew")
    }
    guard rawBytes(report) <= Self.rawLimit else {
      throw Diagnostic(
        file: name,
        "\(width) x \(height) pixels take \(rawBytes(report)) bytes before they are 8 bits a channel; at most \(Self.rawLimit) "
          + "are read; make it smaller, or save it with 8 bits a channel and in one scan")
    }
    var status = IMAGES_OK
    let count = 3 * width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = bytes.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = buffer.baseAddress else { return IMAGES_TRUNCATED }
        return decode(source, bytes.count, target, &report)
      }
      initialized = status == IMAGES_OK ? count : 0
    }
    try check(status)
    self.init(
      unchecked: pixels, width: width, height: height, orientation: orientation, warning: report.warningText)
  }
}

extension images_report {
  /// What is wrong with a file of this format after a call that ended so, or nil.
  func failure(_ status: images_status, _ format: ImageFormat) -> String? {
    switch status {
    case IMAGES_OK: return nil
    case IMAGES_TRUNCATED:
      return "truncated: the \(format.rawValue) data end before the picture does; copy it anew"
    case IMAGES_TOO_MANY_SCANS:
      return
        "more than \(IMAGES_SCAN_LIMIT) scans, as no encoder writes, or scans that pass over more than \(IMAGES_VISIT_LIMIT) "
        + "blocks together; save it anew in one scan"
    default: return "the \(format.rawValue) data cannot be read: \(Self.text(message)); save it anew"
    }
  }

  /// The first complaint about the file, or nil.
  var warningText: String? {
    let text = Self.text(warning)
    return text.isEmpty ? nil : text
  }

  /// The text in an array of C, which has a zero at its end.
  static func text<Storage>(_ storage: Storage) -> String {
    withUnsafeBytes(of: storage) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
