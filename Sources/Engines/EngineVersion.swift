/// The first two numbers of an engine's version: `0.19.0`, `v0.19`, `0.7.x (V0)`.
package struct EngineVersion: Comparable, Sendable, Hashable {
  /// Its numbers.
  package let major, minor: Int

  /// The version that a text begins with; nil for other texts.
  package init?(_ text: some StringProtocol) {
    let digits = text.first == "v" || text.first == "V" ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isNumber }), major >= 0
    else {
      return nil
    }
    (self.major, self.minor) = (major, minor)
  }

  /// A name that ends in a version or has one behind its first word: `vllm-0.19`, `vLLM 0.6 ROCm`.
  package static func named(_ text: String) -> (family: String, version: EngineVersion)? {
    for place in text.indices where text[place] == "-" || text[place] == " " {
      guard place > text.startIndex, let version = EngineVersion(text[text.index(after: place)...]) else { continue }
      return (String(text[..<place]), version)
    }
    return nil
  }

  package static func < (one: EngineVersion, other: EngineVersion) -> Bool {
    (one.major, one.minor) < (other.major, other.minor)
  }
}
