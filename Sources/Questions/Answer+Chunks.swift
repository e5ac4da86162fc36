internal import Documents
internal import Jobs

extension Answer {
  /// Has all processors work on so many items and hands out, in order, what comes of each chunk of them, until `deliver`
  /// says that it is enough.
  func inChunks<Value: Sendable>(
    of count: Int, _ watch: Watch, _ tally: inout Tally,
    work: @escaping @Sendable (Range<Int>, Study.Memory) -> (Value, Tally),
    deliver: (Value) throws(Diagnostic) -> Bool
  ) throws(Diagnostic) {
    let size = Self.chunk
    let chunks = (count + size - 1) / size
    @Sendable func items(_ chunk: Int) -> Range<Int> { (chunk * size)..<min(count, (chunk + 1) * size) }
    let all = study.count
    tally.isInterrupted = try OrderedJobs<(Value, Tally)>.run(chunks, isStopped: watch.isStopped) {
      // Each thread has a memory of its own.
      nonisolated(unsafe) let memory = Study.Memory()
      return { work(items($0), memory) }
    } deliver: { (result) throws(Diagnostic) in
      tally.add(result.1)
      watch.progress(tally.considered, all)
      return try deliver(result.0)
    }
  }
}
