internal import RooflineKit

/// A Markdown document, block by block.
struct Document: Sendable, Hashable {
  /// A block of a document. Texts may hold inline Markdown; table cells are plain.
  enum Block: Sendable, Hashable {
    /// A title; level 1 is the document's.
    case heading(level: Int, String)
    /// A paragraph of inline Markdown.
    case paragraph(String)
    /// Items of inline Markdown.
    case list([String])
    /// A table, its cells escaped.
    case table(ReportTable)
    /// A picture of the document, by its path.
    case image(path: String, description: String)
  }

  /// The name of the file, for example `catalog.md`.
  var name: String
  /// The blocks from top to bottom.
  var blocks: [Block]
  /// The pictures that the document shows, by the paths that its blocks use.
  var pictures: [String: String]

  /// A document with the given title.
  init(name: String, title: String, _ blocks: [Block], pictures: [String: String] = [:]) {
    self.name = name
    self.blocks = [.heading(level: 1, title)] + blocks
    self.pictures = pictures
  }

  /// The whole text, with a line feed at its end.
  var markdown: String {
    let notice = "<!-- Written by `make reports`; changes made here are lost. -->"
    return ([notice] + blocks.map(text)).joined(separator: "\n\n") + "\n"
  }

  private func text(_ block: Block) -> String {
    switch block {
    case .heading(let level, let text): "\(String(repeating: "#", count: level)) \(text)"
    case .paragraph(let text): text
    case .list(let items): items.map { "- \($0)" }.joined(separator: "\n")
    case .table(let table): MarkdownRenderer().table(table)
    case .image(let path, let description): "![\(description)](\(path))"
    }
  }
}
