import CFuzzer

/// Changes a text by its words: numbers, names and texts in quotes give way to others, lines are dropped and doubled.
///
/// libFuzzer's own changes, of bytes, seldom leave a text that its reader takes; these mostly do.
struct TextMutator {
  private var random: UInt64
  /// Numbers at limits, and what is none.
  private static let values = [
    "0", "1", "2", "3", "7", "8", "16", "64", "-1", "0.5", "1.5", "1e-9", "1e9", "1e18", "1e308", "-0.0", "255", "4096",
    "65535", "65536", "1048576", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "nan", "inf", "null", "true", "false", "\"\"", "[]", "{}", "[1]", "[0, 0]", "\"x\"",
  ]

  init(seed: UInt32) { random = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func next(_ limit: Int) -> Int {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Int(random % UInt64(max(1, limit)))
  }

  /// The text changed once or more.
  mutating func changed(_ text: [UInt8], words: [String]) -> [UInt8] {
    var text = text
    for _ in 0...next(3) { change(&text, words) }
    return text
  }

  private mutating func change(_ text: inout [UInt8], _ words: [String]) {
    switch next(8) {
    case 0: text.replaceSubrange(part(of: text, endingIn: 0x0A), with: [])
    case 1:
      let line = part(of: text, endingIn: 0x0A)
      text.insert(contentsOf: text[line], at: part(of: text, endingIn: 0x0A).lowerBound)
    case 2: text.replaceSubrange(part(of: text, endingIn: 0x2C), with: [])
    case 3: text.insert(contentsOf: pick(words), at: word(of: text).lowerBound)
    case 4, 5: text.replaceSubrange(word(of: text), with: pick(words))
    default: text.replaceSubrange(word(of: text), with: pick(Self.values))
    }
  }

  private mutating func pick(_ words: [String]) -> [UInt8] {
    let words = words.isEmpty ? Self.values : words
    return Array(words[next(words.count)].utf8)
  }

  /// A piece between two such bytes, with the last of them.
  private mutating func part(of text: [UInt8], endingIn end: UInt8) -> Range<Int> {
    let place = next(text.count)
    let start = text[..<place].lastIndex(of: end).map { $0 + 1 } ?? 0
    return start..<(text[place...].firstIndex(of: end).map { $0 + 1 } ?? text.count)
  }

  /// A run of letters, digits, dots and dashes, with the quotes around it.
  private mutating func word(of text: [UInt8]) -> Range<Int> {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x80...0xFF: true
      default: false
      }
    }
    guard let start = text[next(text.count)...].firstIndex(where: isWord) else { return text.count..<text.count }
    var first = start
    while first > 0, isWord(text[first - 1]) { first -= 1 }
    var end = text[start...].firstIndex { !isWord($0) } ?? text.count
    if first > 0, end < text.count, text[first - 1] == 0x22, text[end] == 0x22, next(2) == 0 {
      first -= 1
      end += 1
    }
    return first..<end
  }
}

/// Called by libFuzzer for every new input.
@_cdecl("LLVMFuzzerCustomMutator")
public func fuzzMutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
  guard let words = FuzzTarget.chosen?.words, !words.isEmpty, count > 0, seed % 4 != 0 else {
    return LLVMFuzzerMutate(bytes, count, limit)
  }
  var mutator = TextMutator(seed: seed)
  let text = mutator.changed([UInt8](UnsafeBufferPointer(start: bytes, count: count)), words: words).prefix(limit)
  for (index, byte) in text.enumerated() { bytes[index] = byte }
  return text.count
}
