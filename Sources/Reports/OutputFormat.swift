public import Documents

/// A format that reports are written in. Each stands in the file of its renderer, and in this list.
public struct OutputFormat: Sendable, CaseIterable {
  /// All formats, as they are listed.
  public static let allCases: [OutputFormat] = [.table, .markdown, .csv, .json, .jsonl, .svg, .html]

  /// Its name.
  public let rawValue: String
  /// What files of it end in, the usual ending first.
  public let endings: [String]
  /// What HTTP calls it.
  public let mediaType: String
  /// How rows are written one after the other; nil for what is for people.
  package let rows: (any RowForm)?
  /// So many rows are shown at most; others are counted.
  package let shownRows: Int
  /// The part that pictures have in it; nil for none.
  package let pictures: Pictures?
  private let make: @Sendable (Terminal) -> any Renderer

  /// The part that pictures have in a format.
  package enum Pictures: Sendable {
    /// There is nothing else.
    case alone
    /// They stand on a page, beside words, tables and sliders.
    case inPage
  }

  /// The terminal that is written to, if any.
  package struct Terminal: Sendable {
    package var width: Int?
    package var usesColor = false
  }

  /// A format; `renderer` makes what writes it.
  package init(
    _ name: String, endings: [String], mediaType: String, rows: (any RowForm)? = nil, shownRows: Int = .max,
    pictures: Pictures? = nil, renderer: @escaping @Sendable (Terminal) -> any Renderer
  ) {
    (rawValue, self.endings, self.mediaType) = (name, endings, mediaType)
    (self.rows, self.shownRows, self.pictures, make) = (rows, shownRows, pictures, renderer)
  }

  /// What writes the format; the width and colour of a terminal matter to tables only.
  package func renderer(width: Int? = nil, usesColor: Bool = false) -> any Renderer {
    make(Terminal(width: width, usesColor: usesColor))
  }
}

extension OutputFormat: RawRepresentable, Hashable {
  /// The format of a name.
  public init?(rawValue: String) {
    guard let format = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = format
  }

  /// The format that a file's name ends in, if any.
  public init?(ofFileNamed name: String) {
    let name = name.lowercased()
    guard let format = Self.allCases.first(where: { $0.endings.contains(where: name.hasSuffix) }) else { return nil }
    self = format
  }

  /// Whether both have the same name.
  public static func == (one: Self, other: Self) -> Bool { one.rawValue == other.rawValue }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension OutputFormat {
  /// Whether rows are written for machines, in base units and one after the other.
  public var isForMachines: Bool { rows != nil }

  /// Whether it shows the charts of a report.
  public var isDrawn: Bool { pictures != nil }

  /// Whether it is a page, with sliders and the question beside the charts.
  package var isPage: Bool { pictures == .inPage }
}

extension Report {
  /// The report as text in a format.
  public func rendered(as format: OutputFormat) -> String { format.renderer().render(self) }

  /// - Throws: `Diagnostic` if it is to be a picture and there is none of it.
  public func check(for format: OutputFormat) throws(Diagnostic) {
    guard format.pictures == .alone, charts.isEmpty else { return }
    throw Diagnostic("there is no picture of this; write .html, .md, .csv or .json")
  }
}
