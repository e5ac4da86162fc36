/// The formats that reports are written in.
public enum OutputFormat: String, Sendable, Hashable, CaseIterable {
  case table, markdown, csv, json, jsonl

  /// The format that a file's name ends in, if any: `.csv`, `.json`, `.jsonl`, `.md` or, for a table, `.txt`.
  public init?(ofFileNamed name: String) {
    let endings: [(String, OutputFormat)] = [
      (".csv", .csv), (".json", .json), (".jsonl", .jsonl), (".md", .markdown), (".txt", .table),
    ]
    guard let format = endings.first(where: { name.lowercased().hasSuffix($0.0) })?.1 else { return nil }
    self = format
  }

  /// What writes the format; the width and colour of a terminal matter to tables only.
  public func renderer(width: Int? = nil, usesColor: Bool = false) -> any Renderer {
    switch self {
    case .table: TerminalRenderer(width: width, usesColor: usesColor)
    case .markdown: MarkdownRenderer()
    case .csv: CSVRenderer()
    case .json: JSONRenderer()
    case .jsonl: JSONLinesRenderer()
    }
  }
}

extension OutputFormat {
  /// Whether rows are written for machines, in base units and one after the other.
  public var isForMachines: Bool { self == .csv || self == .json || self == .jsonl }
}

extension Report {
  /// The report as text in a format.
  public func rendered(as format: OutputFormat) -> String { format.renderer().render(self) }
}
