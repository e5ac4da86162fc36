internal import ArgumentParser
internal import RooflineKit

/// How requests come to a fleet, who serves them, and what is wanted of it.
struct LoadOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Requests a second, in an open loop; each of several is a row: 1,2,4 or 0.5..8:0.5.", valueName: "x[,...]"))
  var rate: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Clients of a closed loop, each of which sends its next request when its last one ends; each of several is a row.",
      valueName: "n[,...]"))
  var concurrency: [String] = []

  @Option(
    help: ArgumentHelp(
      "The requests of a file, with their lengths and, unless --rate or --concurrency says otherwise, arrivals.",
      valueName: "file.csv|jsonl"), completion: .file(extensions: ["csv", "jsonl"]))
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "How they come at a --rate: poisson (default), gamma:cv=2, constant, bursts:size=8.", valueName: "process"))
  var arrivals: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Requests that may be inside at once; others wait at their clients, and count from when they are sent.",
      valueName: "n"))
  var maxInFlight: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many requests. Default: 1000, or ten for each client if that is more; of a plan a minute of them if that is more; of a trace all.",
      valueName: "n"))
  var requests: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Decides all draws: the same seed, the same result.", valueName: "n"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures of a request, a number or a distribution. Default: 1.", valueName: "n"))
  var pictures: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Visual tokens of a picture, as histogram:rows.csv:visual_tokens of what --image wrote. Default: those of --tokens or --reducer.",
      valueName: "n"))
  var pictureTokens: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Text tokens that begin every prompt alike. Default: 0.", valueName: "n"))
  var sharedPrompt: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of how many kinds these are. Default: 1.", valueName: "n"))
  var sharedPrompts: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Tokens of a block of the cache. Default: 16.", valueName: "n"))
  var blockSize: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tokens that the key-value cache of an engine holds. Default: what the weights leave.", valueName: "n"))
  var kvTokens: String?

  @Option(
    help: ArgumentHelp(
      "mixed: prompts and decoding share passes; prefill-first: prompts go first, alone.", valueName: "policy"),
    completion: .list(SchedulerSettings.Policy.allCases.map(\.rawValue)))
  var scheduling: String?

  @Option(
    help: ArgumentHelp(
      "What must fit into the cache before a request is admitted: its next chunk, its prompt, or all it will need.",
      valueName: "chunk|prompt|all"),
    completion: .list(SchedulerSettings.Admission.allCases.map(\.rawValue)))
  var admission: String?

  @Option(help: ArgumentHelp("Whether prompts may be cut into chunks.", valueName: "on|off"))
  var chunkedPrefill: String?

  @Option(help: ArgumentHelp("Whether prompts that begin alike share blocks of the cache.", valueName: "on|off"))
  var prefixCaching: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Host time of a pass, as 1ms. Default: the engine's.", valueName: "time"))
  var passTime: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Host time of a sequence in a pass, as 15us. Default: the engine's.", valueName: "time"))
  var sequenceTime: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time of a request outside the passes, as 20ms. Default: the engine's.", valueName: "time"))
  var requestTime: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Engines behind a router; each of several numbers is a row. Default: 1, of a plan as many as it takes, of --find rate 1.",
      valueName: "n[,...]"))
  var replicas: [String] = []

  @Option(
    help: ArgumentHelp("Which engine gets a request. Default: round-robin.", valueName: "round-robin|least-loaded"),
    completion: .list(FleetSettings.Routing.allCases.map(\.rawValue)))
  var routing: String?

  @Option(
    help: ArgumentHelp(
      "Where the vision tower runs: in the engine's loop (default), or on a device of its own.", valueName: "loop|own"),
    completion: .list(FleetSettings.Tower.allCases.map(\.rawValue)))
  var tower: String?

  @Option(
    help: ArgumentHelp(
      "Speculative decoding, as tokens=4,acceptance=0.7,draft=MODEL; draft=mtp is a layer of the model's own, none takes no time.",
      valueName: "..."))
  var speculate: String?

  @Option(
    help: ArgumentHelp("Engines that fill apart from those that decode, as prefill=2,decode=1.", valueName: "..."))
  var disaggregate: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("So many first requests are left out of the figures. Default: 0.", valueName: "n"))
  var warmup: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A good request has its first token within this time, as 500ms; in a plan a figure of all requests is, as 500ms@p95.",
      valueName: "time"))
  var ttft: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A good request has a mean time between tokens within this, as 50ms; in a plan a figure of all requests is, as 50ms@p95.",
      valueName: "time"))
  var tpot: String?

  /// The options that add up where they are given several times.
  static let lists: Set<String> = ["--rate", "--concurrency", "--replicas"]

  /// What the options say, by the names of the question's parts.
  var given: [(String, [String])] {
    func one(_ text: String?) -> [String] { text.map { [$0] } ?? [] }
    return [
      ("rate", rate), ("concurrency", concurrency), ("trace", one(trace)), ("arrivals", one(arrivals)),
      ("max-in-flight", one(maxInFlight)), ("requests", one(requests)), ("seed", one(seed)),
      ("pictures", one(pictures)), ("picture-tokens", one(pictureTokens)), ("shared-prompt", one(sharedPrompt)),
      ("shared-prompts", one(sharedPrompts)), ("block-size", one(blockSize)),
      ("kv-tokens", one(kvTokens)), ("scheduling", one(scheduling)),
      ("admission", one(admission)), ("chunked-prefill", one(chunkedPrefill)), ("prefix-caching", one(prefixCaching)),
      ("pass-time", one(passTime)), ("sequence-time", one(sequenceTime)), ("request-time", one(requestTime)),
      ("replicas", replicas), ("routing", one(routing)), ("tower", one(tower)), ("speculate", one(speculate)),
      ("disaggregate", one(disaggregate)), ("warmup", one(warmup)), ("ttft", one(ttft)), ("tpot", one(tpot)),
    ]
  }
}
