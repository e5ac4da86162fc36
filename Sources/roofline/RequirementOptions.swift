internal import ArgumentParser
internal import RooflineKit

/// What the rows must keep to, for scripts that need not read them.
struct RequirementOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      End with status 2 unless every row keeps to it, as in 'prefill_seconds<200ms' or 'fits && bound==compute'; may be \
      given several times; of fleets 'ttft_p95_seconds<500ms && refused==0'. See: roofline list columns
      """, valueName: "condition"),
    transform: Self.condition)
  var require: [Condition] = []

  @Flag(help: "End with status 2 if a row does not fit into the device's memory, or that is not known.")
  var failIfTooBig = false

  /// Reads one; what is none is a wrong call.
  @Sendable private static func condition(_ text: String) throws -> Condition {
    try asCall { () throws(Diagnostic) in try Condition(text) }
  }

  /// All that is asked for.
  var conditions: [Condition] { require + (failIfTooBig ? [.tooBig] : []) }

  /// Refuses what is asked of columns that the rows do not have: those of estimates or, of a load, of fleets.
  func check(ofLoad isLoad: Bool = false) throws {
    for condition in require { try asCall { () throws(Diagnostic) in try condition.check(ofLoad: isLoad) } }
  }

  /// Says which of some rows fail.
  ///
  /// - Returns: whether any does.
  func complain(of rows: inout [RowFigures]) -> Bool {
    var fails = false
    for condition in conditions {
      for index in rows.indices {
        guard let text = condition.shortfall(of: &rows[index]) else { continue }
        Console.complain("requirement: \(rows[index].identity): \(text) (\(condition.text))")
        fails = true
      }
    }
    return fails
  }

  /// What the program ends with where a requirement fails.
  static let failure = ExitCode(2)
}

extension Condition {
  /// What `--fail-if-too-big` asks for.
  fileprivate static let tooBig = Condition.fits(as: "--fail-if-too-big")
}
