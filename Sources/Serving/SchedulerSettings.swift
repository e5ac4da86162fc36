/// How an engine schedules: what `Documentation/scheduler.md` leaves open.
public struct SchedulerSettings: Sendable, Hashable {
  /// Which requests a pass takes.
  public enum Policy: String, Sendable, Hashable, CaseIterable {
    /// Running requests first, then waiting ones, in one pass.
    case mixed
    /// Prompts alone as long as there are any (SGLang without mixed chunks, vLLM before V1).
    case prefillFirst = "prefill-first"
  }

  /// What must fit into the pool before a request is admitted.
  public enum Admission: String, Sendable, Hashable, CaseIterable {
    /// The tokens of the next pass.
    case chunk
    /// The prompt and what was produced.
    case prompt
    /// Everything that it will ever need: nothing is preempted ("guaranteed no evict").
    case all
  }

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

  /// Blocks that hold so many tokens.
  func blocks(of tokens: Int) -> Int { (tokens + blockTokens - 1) / blockTokens }
}
