internal import ArgumentParser
internal import RooflineKit

/// Which rows of the answer are wanted, and which of their columns.
struct RowOptions: ParsableArguments {
  @Option(
    name: .customLong("where"), parsing: .unconditional,
    help: ArgumentHelp(
      "Only rows that keep to it, as in 'expected_total_seconds<200ms && fits'. See: roofline list columns",
      valueName: "condition"))
  var condition: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Order the rows by a column, the best first: the smallest or, where more is better, the largest; :asc and :desc say which.",
      valueName: "column[,...]"))
  var sort: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("At most so many rows, the first ones.", valueName: "n"))
  var top: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Only rows than which no other is better in all of these columns.", valueName: "column,column"))
  var pareto: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The columns to write; memory for all that makes up what is resident. See: roofline list columns",
      valueName: "column[,...]"))
  var columns: [String] = []

  @Option(
    help: ArgumentHelp(
      "Compare with the JSON output of the same question, asked before: the differences of every row.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var baseline: String?

  /// The answer before, if it is given.
  func before() throws(Diagnostic) -> AnswerBefore? {
    guard let baseline else { return nil }
    return try AnswerBefore(contentsOf: baseline)
  }

  /// What the options say, by the names of the question's parts.
  var given: [(String, [String])] {
    [
      ("where", condition.map { [$0] } ?? []), ("sort", sort), ("top", top.map { [$0] } ?? []), ("pareto", pareto),
      ("columns", columns),
    ]
  }
}
