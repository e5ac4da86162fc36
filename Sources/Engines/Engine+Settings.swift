public import Documents
internal import Hardware
internal import Quantities

extension Engine {
  /// The engine with what a user changes of it.
  ///
  /// - Throws: `Diagnostic` for sizes of a largest pass that the engine has not.
  public func with(_ settings: EngineMemory.Settings) throws(Diagnostic) -> Engine {
    var copy = self
    copy.settings = settings
    if let share = settings.utilization {
      copy.memory.utilization = Figure(Ratio(share), stated: share.shortest, note: "asked for")
    }
    func count(_ number: Int) -> Figure<Ratio> { Figure(Ratio(Double(number)), stated: "\(number)", note: "asked for") }
    for (number, option, path) in [
      (settings.sequences, "--max-num-seqs", \LargestPass.Size.sequences),
      (settings.batchTokens, "--max-num-batched-tokens", \.tokens),
    ] {
      guard let number else { continue }
      guard var pass = copy.memory.largestPass else {
        throw Diagnostic(
          "\(option) belongs to engines that set memory aside for their largest pass, as vllm; \(name) does not")
      }
      pass.size[keyPath: path] = count(number)
      pass.large?.size[keyPath: path] = count(number)
      copy.memory.largestPass = pass
    }
    return copy
  }
}
