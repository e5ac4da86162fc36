public import Engines
public import Hardware
internal import Quantities

/// How an engine schedules: what `Documentation/scheduler.md` leaves open.
public struct SchedulerSettings: Sendable, Hashable {
  /// Which requests a pass takes.
  public typealias Policy = Engine.Scheduling.Policy
  /// What must fit into the pool before a request is admitted.
  public typealias Admission = Engine.Scheduling.Admission

  /// The most tokens of a pass (`max_num_batched_tokens`).
  public var budget = 8192
  /// The most running sequences (`max_num_seqs`).
  public var sequences = 256
  /// The key-value pool: blocks, and tokens of each.
  public var blocks = 10_000, blockTokens = 16
  /// Whether prompts may be cut into chunks.
  public var isChunked = true
  /// Which requests a pass takes.
  public var policy = Policy.mixed
  /// What must fit before a request is admitted.
  public var admission = Admission.prompt
  /// Whether blocks are found again by what they hold.
  public var sharesPrefixes = true
  /// Host time of a pass in seconds: `passSeconds + sequenceSeconds x sequences`.
  public var passSeconds = 0.0, sequenceSeconds = 0.0
  /// Time of a request outside the passes, in seconds.
  public var requestSeconds = 0.0

  /// vLLM's defaults without host times; a pool of 160,000 tokens.
  public init() {}

  /// What an engine does on a device.
  public init(_ engine: Engine, on hardware: Accelerator) {
    let scheduling = engine.scheduling ?? Engine.Scheduling()
    let size = engine.memory.largestPass?.size(on: hardware)
    budget = Int((scheduling.tokens ?? size?.tokens)?.value.value ?? Double(budget))
    sequences = Int((scheduling.sequences ?? size?.sequences)?.value.value ?? Double(sequences))
    blockTokens = Int(engine.memory.blockTokens.value.value)
    (policy, admission) = (scheduling.policy, scheduling.admission)
    passSeconds = (scheduling.pass ?? engine.times?.step)?.value.value ?? 0
    sequenceSeconds = scheduling.sequence.value.value
    requestSeconds = scheduling.request.value.value
  }

  /// Blocks that hold so many tokens.
  func blocks(of tokens: Int) -> Int { (tokens + blockTokens - 1) / blockTokens }
}
