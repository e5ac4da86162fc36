internal import CYAML

/// Reads YAML through libyaml's event interface.
package enum YAML {
  /// Nesting deeper than this is refused; catalog files need four levels.
  private static let depthLimit = 64

  /// The single document in `bytes`. `file` names it in errors.
  ///
  /// - Throws: `Diagnostic` with line and column for every alias, tag and duplicate key, and for a syntax error, a second
  ///   document, an empty file or nesting deeper than 64.
  package static func parse(_ bytes: [UInt8], file: String) throws(Diagnostic) -> Node {
    let parser = Parser(bytes, file: file)
    let root = parser.findings.attempt(try parser.document())
    try parser.findings.check()
    guard let root else { throw Diagnostic(file: file, "is empty; expected a YAML mapping") }
    return root
  }

  /// Owns one libyaml parser and the input that it points into.
  private final class Parser {
    /// What reading can go on behind: aliases, tags, duplicate keys.
    let findings = Findings()
    private let file: String
    private let source: SourceText
    private let input: UnsafeMutableBufferPointer<UInt8>
    /// On the heap, because the C structure points into itself.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let initialized: Bool

    init(_ bytes: [UInt8], file: String) {
      self.file = file
      source = SourceText(file: file, bytes)
      input = .allocate(capacity: bytes.count)
      _ = input.initialize(from: bytes)
      parser = .allocate(capacity: 1)
      parser.initialize(to: yaml_parser_t())
      initialized = yaml_parser_initialize(parser) == 1
      if initialized { yaml_parser_set_input_string(parser, input.baseAddress, input.count) }
    }

    deinit {
      if initialized { yaml_parser_delete(parser) }
      parser.deallocate()
      input.deallocate()
    }

    /// What the reader needs of an event; the C event is released at once.
    private enum Event {
      case documentStart, end
      case scalar(String, quoted: Bool)
      case sequenceStart, sequenceEnd, mappingStart, mappingEnd
      case other
    }

    func document() throws(Diagnostic) -> Node {
      guard initialized else { throw Diagnostic(file: file, "out of memory for the YAML parser") }
      guard case .other = try next().event else { throw Diagnostic(file: file, "expected the start of a YAML stream") }
      guard case .documentStart = try next().event else {
        throw Diagnostic(file: file, "is empty; expected a YAML mapping")
      }
      let root = try node(from: try next(), depth: 0)
      _ = try next()
      let (event, position) = try next()
      guard case .end = event else {
        throw Diagnostic(position, "expected a single YAML document, found a second one")
      }
      if root.isNull { throw Diagnostic(file: file, "is empty; expected a YAML mapping") }
      return root
    }

    /// The node that begins with the given event.
    private func node(from first: (event: Event, position: Diagnostic.Position), depth: Int) throws(Diagnostic) -> Node
    {
      guard depth < YAML.depthLimit else {
        throw Diagnostic(first.position, "nested deeper than \(YAML.depthLimit) levels")
      }
      switch first.event {
      case .scalar(let text, let quoted):
        return Node(.scalar(text, quoted: quoted), at: first.position)
      case .sequenceStart:
        var items: [Node] = []
        while true {
          let event = try next()
          if case .sequenceEnd = event.event { return Node(.sequence(items), at: first.position) }
          items.append(try node(from: event, depth: depth + 1))
        }
      case .mappingStart:
        return Node(.mapping(try entries(depth: depth)), at: first.position)
      default:
        throw Diagnostic(first.position, "expected a value")
      }
    }

    private func entries(depth: Int) throws(Diagnostic) -> [Node.Entry] {
      var entries: [Node.Entry] = []
      var lines: [String: Int] = [:]
      while true {
        let (event, position) = try next()
        if case .mappingEnd = event { return entries }
        guard case .scalar(let key, _) = event else { throw Diagnostic(position, "expected a plain key") }
        if let line = lines.updateValue(position.line, forKey: key) {
          findings.add(
            Diagnostic(position, "duplicate key \"\(key.shortened)\"; it already stands in line \(line)"))
          try findings.endIfFull()
        }
        let value = try node(from: try next(), depth: depth + 1)
        entries.append(Node.Entry(key: key, keyPosition: position, value: value))
      }
    }

    /// The next event and where it starts.
    private func next() throws(Diagnostic) -> (event: Event, position: Diagnostic.Position) {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
      defer { yaml_event_delete(&event) }
      let position = position(of: event.start_mark)
      switch event.type {
      case YAML_DOCUMENT_START_EVENT: return (.documentStart, position)
      case YAML_STREAM_END_EVENT: return (.end, position)
      case YAML_SEQUENCE_START_EVENT:
        refuse(tag: event.data.sequence_start.tag, at: position)
        return (.sequenceStart, position)
      case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, position)
      case YAML_MAPPING_START_EVENT:
        refuse(tag: event.data.mapping_start.tag, at: position)
        return (.mappingStart, position)
      case YAML_MAPPING_END_EVENT: return (.mappingEnd, position)
      case YAML_SCALAR_EVENT:
        let scalar = event.data.scalar
        refuse(tag: scalar.tag, at: position)
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        return (.scalar(text, quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE), position)
      case YAML_ALIAS_EVENT:
        findings.add(Diagnostic(position, "YAML aliases (*name) are not accepted here; write the value out"))
        try findings.endIfFull()
        return (.scalar("", quoted: false), position)
      default: return (.other, position)
      }
    }

    /// Refuses `!name` in front of a value: nothing here would heed it.
    private func refuse(tag: UnsafeMutablePointer<yaml_char_t>?, at position: Diagnostic.Position) {
      guard tag != nil else { return }
      findings.add(Diagnostic(position, "YAML tags (!name) are not accepted here; leave the tag out"))
    }

    private func position(of mark: yaml_mark_t) -> Diagnostic.Position {
      Diagnostic.Position(in: source, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    private func syntaxError() -> Diagnostic {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "malformed YAML"
      if parser.pointee.error == YAML_READER_ERROR {
        return Diagnostic(position(ofByte: parser.pointee.problem_offset), "malformed YAML: \(problem)")
      }
      let mark = parser.pointee.problem_mark
      let hint = lineHasTabIndent(at: Int(clamping: mark.line)) ? "; indent with spaces, YAML forbids tabs" : ""
      return Diagnostic(position(of: mark), "malformed YAML: \(problem)\(hint)")
    }

    /// Where the byte at an offset stands, for errors in the encoding, which libyaml places by bytes alone.
    private func position(ofByte offset: Int) -> Diagnostic.Position {
      let before = input[..<min(max(0, offset), input.count)]
      let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      return Diagnostic.Position(
        in: source, line: line, column: before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1)
    }

    /// Whether the white space that begins a line (counted from 0) holds a tab.
    private func lineHasTabIndent(at line: Int) -> Bool {
      let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: line + 1, omittingEmptySubsequences: false)
      guard line < lines.count else { return false }
      return lines[line].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.contains(UInt8(ascii: "\t"))
    }
  }
}
