package import Documents
internal import Quantities

/// The requests of a trace: when they came, how long they were.
package struct RequestTrace: Sendable {
  /// A request of a trace.
  package struct Row: Sendable, Hashable {
    /// When it came, in seconds after the first.
    package var arrival: Double
    /// Tokens of the whole prompt, and of the answer.
    package var prompt, output: Int
    /// Pictures.
    package var images: Int
    /// What every `ServedRequest.hashTokens` tokens of the prompt hold; none where the trace does not say.
    package var hashes: [Int] = []
  }

  /// The requests in the order in which they came.
  package private(set) var rows: [Row]
  /// What was left out or put in order, one sentence each.
  package private(set) var notes: [String] = []

  /// Longer traces and larger files are refused.
  package static let rowLimit = 4_000_000
  private static let fileLimit = 1 << 30

  /// The names that public traces have for a column, and what a second is in its unit.
  private static let arrivalNames: [(name: String, unit: Double)] = [
    ("arrival", 1), ("arrival_s", 1), ("arrival_seconds", 1), ("arrived_at", 1), ("timestamp", 1), ("timestamp_s", 1),
    ("timestamp_ms", 1000), ("time", 1),
  ]
  private static let promptNames = [
    "prompt", "prompt_tokens", "contexttokens", "context_tokens", "input_tokens", "input_length", "request tokens",
    "num_prefill_tokens", "input_toks",
  ]
  private static let outputNames = [
    "output", "output_tokens", "generatedtokens", "generated_tokens", "output_length", "response tokens",
    "num_decode_tokens", "output_toks",
  ]
  private static let imageNames = ["images", "numimages", "num_images", "image_count"]

  /// Reads a trace from a file, `.jsonl` with an object a line, else CSV.
  ///
  /// - Throws: `Diagnostic` with the place of what is wrong: a column that is missing, a time or length that is none.
  package init(contentsOf path: String) throws(Diagnostic) {
    let bytes = try Files.readText(path, limit: Self.fileLimit)
    rows = []
    if path.lowercased().hasSuffix(".jsonl") {
      try readLines(bytes, path)
    } else {
      try readTable(bytes, path)
    }
    try putInOrder(path)
  }

  private mutating func readTable(_ bytes: [UInt8], _ path: String) throws(Diagnostic) {
    let csv = try CSV(parsing: bytes, file: path)
    let names = csv.columns.map { $0.lowercased() }
    func column(_ known: [String], _ what: String) throws(Diagnostic) -> Int {
      guard let place = names.firstIndex(where: known.contains) else {
        throw Diagnostic(
          csv.header, "no column has \(what): expected one called \(known.prefix(5).joined(separator: ", "))")
      }
      return place
    }
    let arrival = try column(Self.arrivalNames.map(\.name), "the time of arrival")
    let unit = Self.arrivalNames.first { $0.name == names[arrival] }?.unit ?? 1
    let (prompt, output) = (
      try column(Self.promptNames, "the tokens of the prompt"), try column(Self.outputNames, "the tokens of the answer")
    )
    let images = names.firstIndex(where: Self.imageNames.contains)
    try check(csv.rows.count, path)
    rows.reserveCapacity(csv.rows.count)
    for row in csv.rows {
      try add(
        Self.time(row[arrival], unit), row[prompt], row[output], images: images.map { row[$0] })
    }
  }

  /// The members of the object on a line.
  private static func entries(_ text: ArraySlice<UInt8>, _ line: Diagnostic.Position) throws(Diagnostic) -> [Node.Entry]
  {
    do throws(Diagnostic) { return try JSON.parse(text, file: line.file).entries("a line of the trace") } catch {
      throw Diagnostic(
        Diagnostic.Position(file: line.file, line: line.line, column: error.position?.column ?? 1), error.message)
    }
  }

  private mutating func readLines(_ bytes: [UInt8], _ path: String) throws(Diagnostic) {
    var line = 0
    // Times called "timestamp" are milliseconds where all of them are whole, as in Mooncake's traces.
    var isWhole = true, hasTimestamps = false
    for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      guard text.contains(where: { $0 != 32 && $0 != 13 && $0 != 9 }) else { continue }
      try check(rows.count + 1, path)
      let entries = try Self.entries(text, Diagnostic.Position(file: path, line: line, column: 1))
      func member(_ known: [String], _ what: String) throws(Diagnostic) -> (name: String, node: Node) {
        guard let entry = entries.first(where: { known.contains($0.key.lowercased()) }) else {
          throw Diagnostic(
            Diagnostic.Position(file: path, line: line, column: 1),
            "lacks \(what): expected a member called \(known.prefix(5).joined(separator: ", "))")
        }
        let place = Diagnostic.Position(file: path, line: line, column: entry.value.position.column)
        return (entry.key.lowercased(), Node(entry.value.content, at: place))
      }
      let arrival = try member(Self.arrivalNames.map(\.name), "the time of arrival")
      if case .scalar(let text, _) = arrival.node.content { isWhole = isWhole && Int(text) != nil }
      hasTimestamps = hasTimestamps || arrival.name == "timestamp"
      let unit = Self.arrivalNames.first { $0.name == arrival.name }?.unit ?? 1
      try add(
        Self.time(arrival.node, unit), try member(Self.promptNames, "the tokens of the prompt").node,
        try member(Self.outputNames, "the tokens of the answer").node,
        images: entries.first { Self.imageNames.contains($0.key.lowercased()) }?.value)
      guard let hashes = entries.first(where: { $0.key == "hash_ids" }) else { continue }
      for hash in try hashes.value.items("\"hash_ids\"") {
        rows[rows.count - 1].hashes.append(try hash.integer("a hash", in: 0...1_000_000_000))
      }
    }
    guard hasTimestamps, isWhole, rows.count > 1 else { return }
    for index in rows.indices { rows[index].arrival /= 1000 }
    notes.append("the timestamps of \(path) are whole numbers, taken for milliseconds")
  }

  private func check(_ count: Int, _ path: String) throws(Diagnostic) {
    guard count <= Self.rowLimit else {
      throw Diagnostic(file: path, "has more than \(Self.rowLimit) requests; cut the trace into parts")
    }
  }

  private mutating func add(_ arrival: Double, _ prompt: Node, _ output: Node, images: Node?) throws(Diagnostic) {
    let tokens = 0...1_000_000_000
    rows.append(
      Row(
        arrival: arrival, prompt: try prompt.integer("the tokens of the prompt", in: tokens),
        output: try output.integer("the tokens of the answer", in: tokens),
        images: images?.isNull == false ? try images?.integer("the number of pictures", in: 0...10_000) ?? 0 : 0))
  }

  /// Seconds of a time: a number in a unit, or a date with the time of day.
  private static func time(_ node: Node, _ unit: Double) throws(Diagnostic) -> Double {
    guard case .scalar(let text, _) = node.content, Double(text) == nil, let seconds = DateTime.seconds(text) else {
      return try node.number("the time of arrival", in: 0...1e15) / unit
    }
    return seconds
  }

  /// Sorts, begins at 0, and leaves out requests without tokens.
  private mutating func putInOrder(_ path: String) throws(Diagnostic) {
    let all = rows.count
    rows.removeAll { $0.prompt == 0 || $0.output == 0 }
    if rows.count < all {
      notes.append("\(all - rows.count) requests of \(path) without a prompt or an answer are left out")
    }
    guard let earliest = rows.map(\.arrival).min() else { throw Diagnostic(file: path, "has no requests") }
    for index in rows.indices { rows[index].arrival -= earliest }
    guard zip(rows, rows.dropFirst()).contains(where: { $0.arrival > $1.arrival }) else { return }
    notes.append("the requests of \(path) are not in the order of their arrivals; they were sorted")
    let order = rows.indices.sorted { (rows[$0].arrival, $0) < (rows[$1].arrival, $1) }
    rows = order.map { rows[$0] }
  }

  /// The requests for a fleet; a picture takes so many visual tokens of the prompt, and seconds in the tower.
  ///
  /// - Parameter before: the visual tokens that the trace's prompts count for each picture, where fewer are left; nil where
  ///   they are as many.
  package func requests(
    tokensPerPicture: Int = 0, reducedFrom before: Int? = nil, secondsPerPicture: Double = 0
  ) -> [ServedRequest] {
    rows.map { row in
      let counted = min(row.prompt, row.images * (before ?? tokensPerPicture))
      let visual = min(counted, row.images * tokensPerPicture)
      var request = ServedRequest(
        arrival: row.arrival, prompt: row.prompt - counted + visual, output: row.output, visual: visual,
        tower: Double(row.images) * secondsPerPicture)
      request.hashes = row.hashes
      return request
    }
  }
}
