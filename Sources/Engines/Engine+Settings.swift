package import Documents
internal import Hardware
internal import Quantities

extension Engine {
  /// The engine with what a user changes of it.
  ///
  /// - Throws: `Diagnostic` for sizes of a largest pass that the engine has not.
  package func with(_ settings: EngineMemory.Settings) throws(Diagnostic) -> Engine {
    var copy = self
    copy.settings = settings
    if let share = settings.utilization {
      copy.memory.utilization = Figure(Ratio(share), stated: share.shortest, note: "asked for")
    }
    func count(_ number: Int) -> Figure<Ratio> { Figure(Ratio(Double(number)), stated: "\(number)", note: "asked for") }
    for (number, option, path, limit) in [
      (settings.sequences, "--max-num-seqs", \LargestPass.Size.sequences, \Engine.Scheduling.sequences),
      (settings.batchTokens, "--max-num-batched-tokens", \.tokens, \.tokens),
    ] {
      guard let number else { continue }
      copy.scheduling?[keyPath: limit] = count(number)
      guard var pass = copy.memory.largestPass else {
        guard scheduling == nil else { continue }
        throw Diagnostic(
          "\(option) belongs to engines whose scheduler is known, or that set memory aside for their largest pass, as vllm; "
            + "\(name) does neither")
      }
      pass.size[keyPath: path] = count(number)
      pass.large?.size[keyPath: path] = count(number)
      copy.memory.largestPass = pass
    }
    return copy
  }
}
