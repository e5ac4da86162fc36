/// The paper that a method comes from.
public struct Citation: Sendable, Hashable, CustomStringConvertible {
  /// The title in full.
  public let title: String
  /// All authors, as in `A. Author, B. Author`.
  public let authors: String
  /// The identifier at arxiv.org, for example `2403.15388`.
  public let arXiv: String

  /// A paper on arXiv.
  public init(title: String, authors: String, arXiv: String) {
    self.title = title
    self.authors = authors
    self.arXiv = arXiv
  }

  /// Authors, title and identifier in one line.
  public var description: String { "\(authors), \"\(title)\", arXiv:\(arXiv)" }
}
