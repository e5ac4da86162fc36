internal import ArgumentParser
internal import RooflineKit

/// Which fleets a plan may try, and what they may cost.
struct PlanOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Engines that fill for each that decodes, as none,1:1,2:1: a fleet is one or more times that. Default: none, engines that do both.",
      valueName: "p:d[,...]"))
  var split: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The most devices of a fleet. Default: \(Plan.usualDevices).", valueName: "n"))
  var maxGpus: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most that a fleet may cost in an hour; devices without a price are left out.", valueName: "cost"))
  var maxCostPerHour: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "So many seeds, counted from --seed, under each of which a fleet must hold. Default: 1, of --find rate \(RateSearch.usualSeeds).",
      valueName: "n"))
  var seeds: String?

  @Option(
    help: ArgumentHelp("Look for the largest rate that fleets sustain, whose size --replicas says.", valueName: "rate"),
    completion: .list(PlanQuestion.Sought.allCases.map(\.rawValue)))
  var find: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far above the rate that is found one that fails may be, as a share. Default: \(RateSearch.usualTolerance).",
      valueName: "share"))
  var tolerance: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many of the cheapest fleets to list. Default: \(Plan.usualTop).", valueName: "n"))
  var top: String?

  /// The options that add up where they are given several times.
  static let lists: Set<String> = ["--split"]

  /// What the options say, by the names of the question's parts.
  var given: [(String, [String])] {
    func one(_ text: String?) -> [String] { text.map { [$0] } ?? [] }
    return [
      ("split", split), ("max-gpus", one(maxGpus)), ("max-cost-per-hour", one(maxCostPerHour)), ("seeds", one(seeds)),
      ("find", one(find)), ("tolerance", one(tolerance)), ("top", one(top)),
    ]
  }
}
