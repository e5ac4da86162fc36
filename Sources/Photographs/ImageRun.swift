package import Documents
internal import Encoding
internal import Jobs

/// A run over many pictures, on several threads, in the order in which they were named.
///
/// Only the paths and a few results for each thread are in memory at a time.
package struct ImageRun: Sendable {
  /// The files.
  package let paths: [String]
  /// What looks at them; nil where nobody looks at what is in a picture.
  package let encoder: ImageEncoder?
  /// Pictures that are worked on at a time.
  package let jobs: Int
  /// Of how many frames each path is a clip, in a folder; nil for pictures.
  package let frames: Int?

  /// More jobs than this are never started.
  package static let jobLimit = 1024
  /// How often a run that waits looks around, in seconds.
  private static let tick = 0.1

  /// How many pictures came out how.
  package struct Tally: Sendable, Hashable {
    /// Pictures that were asked for, that are done, and that failed.
    package var total, finished, failed: Int
    /// Whether the run was stopped before its end.
    package var isInterrupted: Bool
  }

  /// A run with so many jobs, by default one for each processor and never more than there are pictures. The threads
  /// of each share the processors.
  package init(_ paths: [String], encoder: ImageEncoder?, jobs: Int? = nil, frames: Int? = nil) {
    (self.paths, self.frames) = (paths, frames)
    self.encoder = encoder
    self.jobs = max(1, min(jobs ?? TowerRunner.processors, paths.count, Self.jobLimit))
  }

  /// Measures every picture, and hands results and errors out in order, on the thread of the caller.
  ///
  /// - Parameters:
  ///   - measure: what is done with a picture, on any thread.
  ///   - isStopped: asked ten times a second; what is done by then is handed out, and the run ends at once, leaving
  ///     its threads to end after the pictures at hand.
  ///   - progress: called several times a second.
  ///   - deliver: takes a path and what was measured, or why it could not be; the run ends with any error it throws.
  /// - Throws: `Diagnostic` without OpenBLAS where it is needed, or as `deliver` does.
  package func measure<Value: Sendable>(
    _ measure: @escaping @Sendable (Photograph) throws(Diagnostic) -> Value, isStopped: () -> Bool = { false },
    progress: (Progress) -> Void = { _ in },
    deliver: (String, Result<Value, Diagnostic>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Tally {
    var tally = Tally(total: paths.count, finished: 0, failed: 0, isInterrupted: false)
    let queue = try start(measure)
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    var shown = start
    func handOut(_ outcome: (path: String, result: Result<Value, Diagnostic>)) throws(Diagnostic) {
      if case .failure = outcome.result { tally.failed += 1 } else { tally.finished += 1 }
      try deliver(outcome.path, outcome.result)
    }
    do throws(Diagnostic) {
      while !queue.isFinished {
        if isStopped() {
          tally.isInterrupted = true
          for outcome in queue.stop() { try handOut(outcome) }
          return tally
        }
        if let outcome = queue.wait(seconds: Self.tick) { try handOut(outcome) }
        if clock.now - shown >= .milliseconds(80) || tally.finished + tally.failed == 0 {
          shown = clock.now
          let done = tally.finished + tally.failed + queue.waiting
          progress(
            Progress(
              done: done, total: tally.total, failed: tally.failed, seconds: (shown - start) / .seconds(1)))
        }
      }
    } catch {
      _ = queue.stop()
      throw error
    }
    return tally
  }

  /// Starts the threads, each with a runner of its own.
  private func start<Value: Sendable>(
    _ measure: @escaping @Sendable (Photograph) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> OrderedJobs<(path: String, result: Result<Value, Diagnostic>)> {
    let queue = OrderedJobs<(path: String, result: Result<Value, Diagnostic>)>(count: paths.count, jobs: jobs)
    let (paths, frames) = (paths, frames)
    let threads = max(1, TowerRunner.processors / jobs)
    if let encoder { try TowerRunner.checkMemory(encoder.tower, runners: jobs, threads: threads) }
    for job in 0..<jobs {
      let runner = Handed(try ImageRunner(encoder, threads: threads))
      let isStarted = queue.start { index in
        do throws(Diagnostic) {
          let photograph =
            if let frames {
              try Photograph(clip: paths[index], frames: frames, at: index, for: runner.value)
            } else {
              try Photograph(paths[index], at: index, for: runner.value)
            }
          return (paths[index], .success(try measure(photograph)))
        } catch {
          return (paths[index], .failure(error.file == nil ? Diagnostic(file: paths[index], error.message) : error))
        }
      }
      guard isStarted || job > 0 else { throw Diagnostic("the system has no thread left to read pictures on") }
    }
    return queue
  }
}

/// What one thread makes and another alone uses.
private struct Handed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
