internal import Documents

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Files that were sent here: each in a folder of its own below the working folder. A file is called `FOLDER/NAME` by whoever
/// asks of it, which is its path.
final class Uploads: Sendable {
  /// What a file is for.
  enum Kind: String, Sendable {
    case model, features, picture, table

    init?(ofFileNamed name: String) {
      let endings: [(String, Kind)] = [
        (".json", .model), (".safetensors", .features), (".jpg", .picture), (".jpeg", .picture), (".png", .picture),
        (".csv", .table), (".jsonl", .table),
      ]
      guard let kind = endings.first(where: { name.lowercased().hasSuffix($0.0) })?.1 else { return nil }
      self = kind
    }
  }

  private struct Entry {
    var path: String
    /// What whoever sent it calls it.
    var name: String
    /// The call of the command that makes it; nil for a file that was sent as it is.
    var recipe: String?
    var content: [UInt8]
  }

  private let entries = Locked<[Entry]>([])

  /// Keeps a file; the oldest ones go where there are too many.
  ///
  /// - Parameters:
  ///   - name: what it is called here, behind its folder.
  ///   - sent: what whoever sent it calls it.
  ///   - recipe: the call of the command that makes it, where it was not sent as it is.
  /// - Returns: what it is called from now on.
  /// - Throws: `Diagnostic` if it cannot be written.
  func add(
    _ content: [UInt8], name: String, sent: String? = nil, recipe: String? = nil
  ) throws(Diagnostic) -> String {
    try entries.withLock { (entries) throws(Diagnostic) in
      if let index = entries.firstIndex(where: { $0.path.hasSuffix("/\(name)") && $0.content == content }) {
        let entry = entries.remove(at: index)
        entries.append(entry)
        return entry.path
      }
      while let oldest = entries.first,
        entries.count >= QuestionService.Limits.files
          || entries.reduce(content.count, { $0 + $1.content.count }) > QuestionService.Limits.fileBytes
      {
        Self.remove(oldest.path)
        entries.removeFirst()
      }
      let place = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      try Files.makeFolder(place)
      try Files.write(content, to: "\(place)/\(name)")
      entries.append(Entry(path: "\(place)/\(name)", name: sent ?? name, recipe: recipe, content: content))
      return "\(place)/\(name)"
    }
  }

  /// Whether a file is there.
  func has(_ path: String) -> Bool { entries.withLock { $0.contains { $0.path == path } } }

  /// A text in which files are called as whoever sent them does.
  func given(_ text: String) -> String {
    guard text.contains("/") else { return text }
    return entries.withLock { entries in
      entries.reduce(text) { text, entry in text.replacing(entry.path, with: entry.name) }
    }
  }

  /// The calls of the command that make the files of some texts.
  func recipes(of texts: [String]) -> [String] {
    entries.withLock { entries in
      texts.compactMap { text in entries.first { $0.path == text }?.recipe }
    }
  }

  /// Takes a file away.
  func drop(_ path: String) {
    entries.withLock { entries in
      entries.removeAll { $0.path == path }
      Self.remove(path)
    }
  }

  private static func remove(_ path: String) {
    unlink(path)
    rmdir(String(path.prefix { $0 != "/" }))
  }

  /// Removes all of it.
  func removeAll() {
    entries.withLock { entries in
      for entry in entries { Self.remove(entry.path) }
      entries = []
    }
  }

  /// A name that a file may have here: letters, digits, dots and dashes of what it was called. A configuration that has the
  /// name of all configurations is called `config`, with some digits of its content to tell it from others.
  static func name(_ text: String, _ content: [UInt8]) -> String {
    let last = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "file"
    let plain = last.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "._-+".contains(character)) ? character : "-"
    }
    let name = String(String(plain).drop { $0 == "." || $0 == "-" }.suffix(80))
    guard name.lowercased() == "config.json" else { return name }
    var hash: UInt32 = 2_166_136_261
    for byte in content { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return "config-\(String(hash, radix: 36)).json"
  }
}
