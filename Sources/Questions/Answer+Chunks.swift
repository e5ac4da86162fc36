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
    func take(_ result: (Value, Tally)) throws(Diagnostic) -> Bool {
      tally.add(result.1)
      watch.progress(tally.considered, all)
      return try deliver(result.0)
    }
    let jobs = min(processors, chunks)
    let queue = OrderedJobs<(Value, Tally)>(count: chunks, jobs: jobs)
    func start() -> Bool {
      // Each thread has a memory of its own.
      nonisolated(unsafe) let memory = Study.Memory()
      return queue.start { work(items($0), memory) }
    }
    // Few rows are made sooner than a thread starts.
    guard chunks > 1, (0..<jobs).count(where: { _ in start() }) > 0 else {
      let memory = Study.Memory()
      for chunk in 0..<chunks {
        tally.isInterrupted = watch.isStopped()
        guard !tally.isInterrupted, try take(work(items(chunk), memory)) else { return }
      }
      return
    }
    defer { _ = queue.stop() }
    while !queue.isFinished {
      if watch.isStopped() {
        tally.isInterrupted = true
        return
      }
      guard let result = queue.wait(seconds: 0.1) else { continue }
      guard try take(result) else { return }
    }
  }
}
