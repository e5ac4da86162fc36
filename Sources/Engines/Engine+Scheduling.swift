public import Hardware
public import Quantities

extension Engine {
  /// How an engine schedules requests, and what its host takes under load: what `Documentation/scheduler.md` leaves open.
  public struct Scheduling: Sendable, Hashable {
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

    /// Which requests a pass takes.
    public var policy = Policy.mixed
    /// What must fit before a request is admitted.
    public var admission = Admission.prompt
    /// The most tokens and sequences of a pass; nil for those of the pass that memory is set aside for.
    package var tokens: Figure<Ratio>?, sequences: Figure<Ratio>?
    /// Host time of a pass, in place of `EngineTimes.step`, which a single request takes; nil for that.
    public var pass: Figure<Seconds>?
    /// Host time of a sequence in a pass.
    public var sequence = Figure(Seconds.zero, stated: "0 s")
    /// Time of a request outside the passes.
    public var request = Figure(Seconds.zero, stated: "0 s")

    /// vLLM's policy, and no host times.
    public init() {}
  }
}
