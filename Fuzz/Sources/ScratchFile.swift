import Documents
import Glibc

/// A file for readers that want a path: every input takes the place of the one before. It lies in the working folder, which
/// `Tools/fuzz.sh` removes at the end.
enum ScratchFile {
  /// Writes the bytes to a file of that ending and calls `body` with its path.
  static func with(
    _ bytes: [UInt8], ending: String, _ body: (String) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let path = "scratch-\(getpid())\(ending)"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { fatalError("cannot write \(path)") }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { fatalError("cannot write \(path)") }
      written += count
    }
    try body(path)
  }
}
