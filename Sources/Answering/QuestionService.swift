public import Catalog
public import Documents
internal import Photographs
internal import Questions
internal import Reports

/// Answers questions that come as JSON from anybody, as JSON, files and parts of a page: what a server needs of the library.
///
/// Questions may be about the catalog, what was named when the service was made, and what was sent to it. No other file is
/// read, whatever a question says. What was sent is kept below the folder that the process works in, which nobody else may
/// write to; nothing of it is left after `removeFiles()`. All functions may be called on several threads at once.
public struct QuestionService: Sendable {
  /// What one answer, and all files together, may take.
  package enum Limits {
    /// Rows that are looked at for one answer, and those that are given with all they have.
    package static let rows = 200_000, shownRows = 200
    /// Simulations of an answer, and requests of each.
    package static let simulations = 64, requests = 20_000
    /// Ways to serve that a plan looks at.
    package static let candidates = 2000
    /// More reducers are not run for one answer.
    package static let reducers = 32
    /// Files that were sent, and their bytes: the oldest go first.
    package static let files = 128, fileBytes = 128 << 20
  }

  /// What is asked of a question.
  public enum Subject: String, Sendable, CaseIterable {
    /// Requests, one by one.
    case estimate
    /// Fleets under traffic.
    case simulate
    /// What to rent.
    case plan
  }

  let catalog: Catalog
  /// Models besides the catalog's: as they were named, and where they are.
  let models: [(name: String, path: String)]
  let uploads = Uploads()
  /// The encoder that looks at pictures.
  let encoder: ImageEncoder?
  let listed = Locked<[UInt8]>([])

  /// The options whose values name no files: conditions, columns, and reducers.
  private static let plain: Set<String> = ["where", "sort", "pareto", "columns", "reducer"]

  /// A service for questions about a catalog.
  ///
  /// - Parameters:
  ///   - catalog: the models and devices that questions may name.
  ///   - models: models besides the catalog's: what questions call each, and the file, the folder or the name on the hub.
  ///   - encoder: the vision tower that looks at pictures: a folder or a name in the hub's cache; nil for none.
  /// - Throws: `Diagnostic` for a model or an encoder that cannot be read.
  public init(
    _ catalog: Catalog = .standard, models: [(name: String, path: String)] = [], encoder: String? = nil
  ) throws(Diagnostic) {
    for model in models { _ = try catalog.model(model.path) }
    (self.catalog, self.models) = (catalog, models)
    self.encoder = try encoder.map { (name) throws(Diagnostic) in try ImageEncoder(name) }
  }

  /// A question, and the same with the paths of the files that it names.
  struct Asked {
    var question: Question
    var resolved: Question
  }

  /// Reads a question.
  ///
  /// - Throws: `Diagnostic` in the command's words, and for files that are not known here.
  func asked(_ json: [UInt8]) throws(Diagnostic) -> Asked {
    let root = try JSON.parse(json, file: "question")
    // Before anything is made of it: a distribution reads its file as soon as it is one.
    try check(root.entries("the question").first { $0.key == "question" }?.value ?? root)
    let question = try Question(root)
    var resolved = question
    if !models.isEmpty, !question.models.isEmpty {
      try resolved.set("model", to: question.models.map { name in models.first { $0.name == name }?.path ?? name })
    }
    guard question.reducers.count <= Limits.reducers else {
      throw Diagnostic("the question has \(question.reducers.count) reducers, at most \(Limits.reducers) run here")
    }
    return Asked(question: question, resolved: resolved)
  }

  /// Refuses a question that names a file which is not known here.
  private func check(_ question: Node) throws(Diagnostic) {
    for entry in try question.entries("the question") where !Self.plain.contains(entry.key) {
      var values = [entry.value]
      if case .sequence(let items) = entry.value.content { values = items }
      for case .scalar(let text, _) in values.map(\.content) { try check(text, entry.key) }
    }
  }

  /// Refuses what may be a file, or a folder, that is not known here.
  private func check(_ text: String, _ key: String) throws(Diagnostic) {
    guard !["image", "encoder", "encoder-precision"].contains(key) else {
      throw Diagnostic(
        "pictures are sent to /api/files, which makes features of them; ask with \"features\" in place of \"\(key)\"")
    }
    // A name may stand behind `a100=`, `draft=` or `histogram:`; names of files are taken whole first.
    let parts = [text[...]] + text.split { ",=:".contains($0) || $0.isWhitespace }
    let known = parts.filter { uploads.has(String($0)) || models.contains { $0.name == text } }.map(String.init)
    for part in parts where !known.contains(where: { $0 == part || part.contains($0) }) {
      let name = part.lowercased()
      let isFile =
        name.contains("/") || ["~", ".", "@"].contains(where: name.hasPrefix)
        || [".yaml", ".yml", ".json", ".gguf", ".csv", ".jsonl", ".safetensors"].contains(where: name.hasSuffix)
      guard !isFile else {
        throw Diagnostic(
          "the server reads no file that was not sent to it, and \"\(part)\" of \"\(key)\" was not; drop the file on the page, "
            + "or name it with --model when roofline-web starts")
      }
    }
  }

  /// What `make` gives, or its error with files called as whoever sent them does.
  func given<Result>(_ make: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    do throws(Diagnostic) { return try make() } catch { throw given(error) }
  }

  /// An error in which files are called as whoever sent them does.
  func given(_ error: Diagnostic) -> Diagnostic {
    var given = error
    given.message = uploads.given(error.message)
    given.file = error.file.map(uploads.given)
    given.further = error.further.map(self.given)
    return given
  }

  /// Removes all files that were sent.
  public func removeFiles() { uploads.removeAll() }

  /// An error as a JSON object: the command's words, the place that it is about, and what to do.
  public static func json(_ error: Diagnostic) -> [UInt8] { JSONRenderer.bytes(.record(error.record)) }

  /// The version of the library.
  public static var version: String { JSONRenderer.version }
  /// What parts of a page need: the style sheet, light and dark, and the script.
  public static var styleSheet: String { HTMLRenderer.styleSheet }
  /// The script of parts of a page.
  public static var script: String { HTMLRenderer.script }
}

extension OutputValue {
  /// The texts of a part of a question: a value, or a list of them.
  var texts: [String] {
    switch self {
    case .text(let text): [text]
    case .number(let number): [String(Int(number))]
    case .list(let values): values.flatMap(\.texts)
    default: []
    }
  }
}
