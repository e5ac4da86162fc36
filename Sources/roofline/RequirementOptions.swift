internal import ArgumentParser
internal import RooflineKit

/// What the rows must keep to, for scripts that need not read them.
struct RequirementOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      End with status 2 unless every row keeps to it: a key of the rows as in JSON, <, <=, >, >= or ==, and a value, as in \
      'prefill_seconds<200ms'; may be given several times.
      """, valueName: "key<value"),
    transform: Self.requirement)
  var require: [Requirement] = []

  @Flag(help: "End with status 2 if a row does not fit into the device's memory, or that is not known.")
  var failIfTooBig = false

  /// Reads one; what is none is a wrong call.
  @Sendable private static func requirement(_ text: String) throws -> Requirement {
    do throws(Diagnostic) { return try Requirement(text) } catch { throw ValidationError(error.message) }
  }

  /// Whether anything is asked for.
  var isGiven: Bool { !all.isEmpty }

  /// All that is asked for.
  private var all: [Requirement] { require + (failIfTooBig ? [.fits] : []) }

  /// The rows that fail, each with the requirement.
  ///
  /// - Throws: `ValidationError` for a key that the rows do not have.
  func failures(in records: [Record]) throws -> [String] {
    do { return try all.failures(in: records) } catch { throw ValidationError(error.message) }
  }

  /// Says which rows fail, if any.
  ///
  /// - Throws: `ExitCode` 2 if there are any.
  func finish(_ failures: [String]) throws {
    for failure in failures { Console.complain("requirement: \(failure)") }
    if !failures.isEmpty { throw Self.failure }
  }

  /// Says which of some rows fail, as those of pictures do that come one after the other.
  ///
  /// - Returns: whether any does; also where a value turns out to be no number.
  func complain(of records: [Record]) -> Bool {
    let failures: [String]
    do throws(Diagnostic) { failures = try all.failures(in: records) } catch { failures = [error.message] }
    for failure in failures { Console.complain("requirement: \(failure)") }
    return !failures.isEmpty
  }

  /// What the program ends with where a requirement fails.
  static let failure = ExitCode(2)
}
