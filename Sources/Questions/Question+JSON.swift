public import Documents

extension Question {
  /// Larger files are refused; of an answer what stands before its rows is read.
  private static let fileLimit = 512 << 20

  /// The question in a JSON file, or on standard input for `-`: an object whose keys are the names of options, with a value
  /// or a list of values each. What JSON output holds under `question` can be read as it is.
  ///
  /// - Throws: `Diagnostic` with line and column for all that is wrong.
  public init(contentsOf path: String) throws(Diagnostic) {
    let file = path == "-" ? "/dev/stdin" : path
    let bytes = try Files.readText(file, limit: Self.fileLimit)
    try self.init(try JSON.parse(Self.withoutRows(bytes), file: path == "-" ? "standard input" : path))
  }

  /// An answer as the program writes it, up to its rows; other texts as they are.
  private static func withoutRows(_ bytes: [UInt8]) -> [UInt8] {
    let start = Array("\n  \"rows\": [".utf8)
    guard let place = bytes.firstRange(of: start) else { return bytes }
    return bytes[..<place.lowerBound] + start + Array("]\n}\n".utf8)
  }

  /// The question of a JSON object, or of the one under its key `question`.
  package init(_ node: Node) throws(Diagnostic) {
    self.init()
    let root = try node.entries("the question").first { $0.key == "question" }?.value ?? node
    let findings = Findings()
    let fields = try Fields(root, "the question", known: Self.keyNames, findings)
    for key in Self.keys {
      guard let value = fields[key.name] else { continue }
      do throws(Diagnostic) {
        try set(key.name, to: try value.texts(key.name))
      } catch {
        findings.add(error.position == nil ? value.error(error.message) : error)
      }
    }
    try findings.check()
  }

  /// The question as a JSON object has it: numbers as numbers, lists of one value as that value.
  public var record: OutputRecord {
    var record = OutputRecord([:])
    for (key, texts) in parts {
      let values = texts.map { key.holdsNumbers ? Int($0).map { OutputValue.number($0) } ?? .text($0) : .text($0) }
      record.fields.append(.init(key: key.name, value: values.count == 1 ? values[0] : .list(values)))
    }
    return record
  }
}

extension Node {
  /// The text of a value, or those of the items of a list.
  fileprivate func texts(_ key: String) throws(Diagnostic) -> [String] {
    guard case .sequence(let items) = content else { return [try text("the value of \"\(key)\"")] }
    var texts: [String] = []
    for item in items { texts.append(try item.text("a value of \"\(key)\"")) }
    return texts
  }
}
