internal import Documents

extension LengthDistribution {
  /// Larger files are refused.
  static let fileLimit = 256 << 20

  /// Reads `histogram:FILE.csv:COLUMN`: how often every value stands in the column or, in a file of the columns `field`,
  /// `value` and `probability`, the probabilities of the field COLUMN.
  static func histogram(_ text: String, least: Int, _ option: String) throws(Diagnostic) -> LengthDistribution {
    let rest = text.dropFirst("histogram:".count)
    guard let colon = rest.lastIndex(of: ":"), colon > rest.startIndex, rest.index(after: colon) < rest.endIndex else {
      throw Diagnostic("expected histogram:FILE.csv:COLUMN for \(option), found \"\(text)\"")
    }
    let (path, column) = (String(rest[..<colon]), String(rest[rest.index(after: colon)...]))
    let csv = try CSV(parsing: try Files.readText(path, limit: fileLimit), file: path)
    var weights: [Int: Double] = [:]
    if csv.column(column) == nil, let field = csv.column("field"), let value = csv.column("value"),
      let probability = csv.column("probability")
    {
      for row in csv.rows where try row[field].text("a field") == column {
        let length = try row[value].integer("a length of \(option)", in: least...limit)
        weights[length, default: 0] += try row[probability].number("a probability", in: 0...1)
      }
    } else {
      let place = try csv.required(column)
      for row in csv.rows where !row[place].isNull {
        weights[try row[place].integer("a length of \(option)", in: least...limit), default: 0] += 1
      }
    }
    let values = weights.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { (value: $0.key, weight: $0.value) }
    guard !values.isEmpty else { throw Diagnostic(file: path, "has no lengths in \"\(column)\"") }
    return LengthDistribution(values: values, text: text)
  }
}
