internal import RooflineKit

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A folder that nobody else may look into, in which the server runs and keeps what is sent to it.
struct PrivateFolder {
  private let path: String

  /// Makes the folder and moves there.
  ///
  /// - Throws: `Diagnostic` if it cannot be made.
  init() throws(Diagnostic) {
    let said = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let base = said.isEmpty ? "/tmp" : said
    var name = Array("\(base)/roofline-web-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else {
      throw Diagnostic(file: base, "cannot make a folder for files that are sent here")
    }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard chdir(path) == 0 else { throw Diagnostic(file: path, "cannot go to the folder") }
  }

  /// Leaves the folder, and removes it if it is empty.
  func remove() {
    _ = chdir("/")
    rmdir(path)
  }
}
