internal import Architectures
public import Documents
internal import Quantities

/// Which visual tokens are asked for: all of them, what methods leave of them, given numbers, or several of these.
public struct TokenSelection: Sendable, Hashable {
  /// Whether all tokens are asked for by name.
  public private(set) var isFull = false
  /// Given numbers, each once; 0 for none.
  public private(set) var counts = NumberList()
  /// Methods that have words of their own, each once: `prumerge` for `adaptive`, `prumerge+` for `adaptive+`.
  public private(set) var methods: [String] = []

  /// Nothing in particular: the model decides.
  public init() {}

  /// These numbers of visual tokens.
  public init(counts: NumberList) { self.counts = counts }

  private static let words = ["adaptive": "prumerge", "adaptive+": "prumerge+"]

  /// Reads words, numbers and ranges with commas between them: `none`, `full`, `adaptive`, `adaptive+`, `16..576:16`.
  ///
  /// - Throws: `Diagnostic` for anything else.
  public init(_ text: String) throws(Diagnostic) {
    do throws(Diagnostic) {
      try self.init(items: text)
    } catch {
      let range = error.message.contains("range") ? "; \(error.message)" : ""
      throw Diagnostic(
        "expected none, full, adaptive, adaptive+, numbers or ranges from 1 to \(Workload.tokenLimit) with commas between "
          + "them as --tokens, found \"\(text)\"\(range)")
    }
  }

  private init(items text: String) throws(Diagnostic) {
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = item.spelling
      if word == "full" {
        isFull = true
      } else if word == "none" {
        counts.append(0)
      } else if let method = Self.words[word] {
        add(method)
      } else {
        counts.append(try NumberList(String(item), in: 1...Workload.tokenLimit, "--tokens"))
      }
    }
  }

  /// Puts what another selection asks for behind.
  public mutating func append(_ other: TokenSelection) {
    isFull = isFull || other.isFull
    counts.append(other.counts)
    other.methods.forEach { add($0) }
  }

  private mutating func add(_ method: String) {
    if !methods.contains(method) { methods.append(method) }
  }

  /// Whether nothing is asked for.
  public var isEmpty: Bool { !isFull && counts.isEmpty && methods.isEmpty }

  /// Whether numbers are all that is asked for.
  public var isOfCounts: Bool { !isFull && methods.isEmpty && !counts.isEmpty }

  /// Whether reducers may be named besides.
  var allowsReducers: Bool { counts.isEmpty && methods.allSatisfy { $0 == "prumerge" } }

  /// The words, numbers and ranges, as they are written.
  public var texts: [String] {
    (isFull ? ["full"] : []) + counts.texts.map { $0 == "0" ? "none" : $0 }
      + methods.map { method in Self.words.first { $0.value == method }?.key ?? method }
  }
}
