/// A request as it came in.
struct Request: Sendable {
  /// The method, in capitals as it was sent.
  var method: String
  /// The path, with its percent signs resolved.
  var path: String
  /// What stands behind the question mark, by name; of a name that comes twice the last one.
  var query: [String: String] = [:]
  /// The fields of the head by their names in small letters.
  var fields: [String: String] = [:]
  /// The body.
  var body: [UInt8] = []
  /// Whether the connection stays open behind the answer.
  var keepsOpen = true
  /// How long the body is, as the head says; nil where there is none.
  var length: Int?

  /// The media type of the body, without parameters, in small letters.
  var mediaType: String? {
    fields["content-type"]?.prefix { $0 != ";" }.lowercased().split(separator: " ").first.map(String.init)
  }
}

extension Request {
  /// Reads a head: the lines before the empty one.
  ///
  /// - Throws: `Refusal` for what is no HTTP/1.0 or 1.1.
  init(head: some Collection<UInt8>) throws(Refusal) {
    guard let text = String(validating: head, as: UTF8.self) else {
      throw Refusal(.badRequest, "the head of the request is no text in UTF-8")
    }
    let lines = text.split { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
    guard let first = lines.first else { throw Refusal(.badRequest, "the request is empty") }
    let words = first.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0", words[1].hasPrefix("/") else {
      throw Refusal(.badRequest, "expected a line as \"GET / HTTP/1.1\"")
    }
    method = String(words[0])
    let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = try Self.resolved(target[0])
    if target.count > 1 {
      for pair in target[1].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query[try Self.resolved(sides[0], form: true)] = sides.count > 1 ? try Self.resolved(sides[1], form: true) : ""
      }
    }
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
        line[..<colon].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      else { throw Refusal(.badRequest, "expected lines as \"Name: value\" in the head of the request") }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      let trimmed = String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
      guard fields[name] == nil || !["host", "content-length", "origin"].contains(name) else {
        throw Refusal(.badRequest, "the request says \(name) twice")
      }
      fields[name] = trimmed
    }
    try readFraming(isNew: words[2] == "HTTP/1.1")
  }

  /// How long the body is and whether another request follows.
  private mutating func readFraming(isNew: Bool) throws(Refusal) {
    guard fields["transfer-encoding"] == nil else {
      throw Refusal(.lengthRequired, "the body comes in pieces; say its length: Content-Length")
    }
    if let text = fields["content-length"] {
      guard let length = Int(text), length >= 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw Refusal(.badRequest, "expected Content-Length as a number of bytes")
      }
      self.length = length
    }
    guard !isNew || fields["host"] != nil else { throw Refusal(.badRequest, "the request does not say its Host") }
    let connection = fields["connection"]?.lowercased() ?? ""
    keepsOpen = isNew ? !connection.contains("close") : connection.contains("keep-alive")
  }

  /// A text with its percent signs resolved; of a query's with plus signs as spaces.
  private static func resolved(_ text: Substring, form: Bool = false) throws(Refusal) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        bytes.append(form && byte == 0x2B ? 0x20 : byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        throw Refusal(.badRequest, "expected two hexadecimal digits behind % in the address")
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard let resolved = String(validating: bytes, as: UTF8.self), !resolved.utf8.contains(0) else {
      throw Refusal(.badRequest, "the address is no text in UTF-8")
    }
    return resolved
  }
}
