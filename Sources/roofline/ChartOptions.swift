internal import ArgumentParser
internal import RooflineKit

/// As what an answer is drawn.
struct ChartOptions: ParsableArguments {
  @Option(
    name: .customLong("chart"),
    help: ArgumentHelp(
      "What --output FILE.svg or FILE.html draws: \(names). Default: what fits the question.", valueName: "kind"),
    completion: .list(ChartKind.allCases.map(\.rawValue)), transform: Self.kind)
  var kind: ChartKind?

  private static let names = ChartKind.allCases.map(\.rawValue).joined(separator: ", ")

  @Sendable private static func kind(_ text: String) throws -> ChartKind {
    guard let kind = ChartKind(spelling: text) else { throw ValidationError("expected --chart \(names)") }
    return kind
  }

  /// - Throws: `ValidationError` if nothing is drawn.
  func check(_ format: OutputFormat) throws {
    guard kind == nil || format.isDrawn else {
      throw ValidationError("--chart says what is drawn; write --output FILE.svg or FILE.html")
    }
  }
}
