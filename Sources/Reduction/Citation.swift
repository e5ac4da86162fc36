/// The paper that a method comes from.
package struct Citation: Sendable, Hashable, CustomStringConvertible {
  /// The title in full.
  package let title: String
  /// All authors, as in `A. Author, B. Author`.
  package let authors: String
  /// The identifier at arxiv.org, for example `2403.15388`.
  package let arXiv: String

  /// A paper on arXiv.
  package init(title: String, authors: String, arXiv: String) {
    self.title = title
    self.authors = authors
    self.arXiv = arXiv
  }

  /// Authors, title and identifier in one line.
  package var description: String { "\(authors), \"\(title)\", arXiv:\(arXiv)" }
}
