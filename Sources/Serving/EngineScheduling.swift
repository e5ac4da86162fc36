public import Documents

/// How an engine schedules unless it is told otherwise, and what its host takes.
public struct EngineScheduling: Sendable, Hashable {
  /// The engine.
  public var name: String
  /// Its scheduler; the pool is not known yet.
  public var settings = SchedulerSettings()
  /// The share of a device's memory that it uses.
  public var memoryUtilization: Double
  /// What is known of the figures, in a sentence.
  public var note: String

  /// The engines whose figures are known.
  ///
  /// Host times: vLLM 0.11 and later about 1 ms a pass and nothing measurable a sequence; TensorRT-LLM 0.2 to 1.3 ms and 8
  /// to 22 us (static batches on A100); a request takes about 17 ms outside the
  /// passes over HTTP (TTFT of 27 to 32 ms where queue and prefill take 9 to 17 ms).
  public static let all: [EngineScheduling] = {
    var vllm = EngineScheduling(
      name: "vllm", memoryUtilization: 0.9, note: "host times of vLLM 0.11 and later: 1 ms a pass, 17 ms a request")
    vllm.settings.sequences = 1024
    vllm.settings.passSeconds = 1e-3
    vllm.settings.requestSeconds = 0.017
    var sglang = EngineScheduling(
      name: "sglang", memoryUtilization: 0.88,
      note: "prompts go first, as without mixed chunks; host times are vLLM's, which its runs do not tell apart")
    sglang.settings = vllm.settings
    sglang.settings.policy = .prefillFirst
    var tensorRT = EngineScheduling(
      name: "tensorrt-llm", memoryUtilization: 0.9,
      note: "nothing that is admitted is evicted; host times from static batches: 0.5 ms and 15 us a sequence")
    tensorRT.settings = vllm.settings
    tensorRT.settings.admission = .all
    tensorRT.settings.sequences = 2048
    tensorRT.settings.passSeconds = 5e-4
    tensorRT.settings.sequenceSeconds = 15e-6
    var none = EngineScheduling(name: "none", memoryUtilization: 0.9, note: "no host times")
    none.settings.sequences = 1024
    return [vllm, sglang, tensorRT, none]
  }()

  /// The engine of a name.
  ///
  /// - Throws: `Diagnostic` for one that is not known.
  public static func named(_ name: String) throws(Diagnostic) -> EngineScheduling {
    let spelling = name.spelling
    guard let engine = all.first(where: { $0.name.spelling == spelling }) else {
      throw Diagnostic("no scheduler of \"\(name)\" is known; there are \(all.map(\.name).joined(separator: ", "))")
    }
    return engine
  }
}
