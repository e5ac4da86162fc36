/// Kinds of image files, told by how they begin, not by their names.
enum ImageFormat: String {
  case jpeg = "JPEG"
  case png = "PNG"
  case gif = "GIF"
  case webp = "WebP"
  case tiff = "TIFF"
  case bmp = "BMP"
  case heic = "HEIC"
  case avif = "AVIF"
  case jpegXL = "JPEG XL"
  case jpeg2000 = "JPEG 2000"
  case photoshop = "Photoshop"
  case pdf = "PDF"
  case svg = "SVG"

  /// The kind of a file, or nil if it begins like none of them.
  init?(_ bytes: [UInt8]) {
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    func begins(_ start: [UInt8]) -> Bool { bytes.starts(with: start) }
    if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if begins("GIF8") {
      self = .gif
    } else if begins("RIFF"), begins("WEBP", at: 8) {
      self = .webp
    } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A]) {
      self = .tiff
    } else if begins("BM"), bytes.count > 26 {
      self = .bmp
    } else if begins("ftyp", at: 4) {
      self = begins("avi", at: 8) ? .avif : .heic
    } else if begins([0xFF, 0x0A]) || begins("JXL ", at: 4) {
      self = .jpegXL
    } else if begins("jP  ", at: 4) || begins([0xFF, 0x4F, 0xFF, 0x51]) {
      self = .jpeg2000
    } else if begins("8BPS") {
      self = .photoshop
    } else if begins("%PDF") {
      self = .pdf
    } else if begins("<svg") {
      self = .svg
    } else {
      return nil
    }
  }
}
