internal import CKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Numbered items that several threads work on, and whose results come back in the order of the items.
///
/// A thread that is far ahead waits for the others, so that only a few results are held at a time.
package final class OrderedJobs<Value: Sendable>: @unchecked Sendable {
  // The mutex guards everything that is not constant.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let count: Int
  /// How far a thread may be ahead of the result that is waited for.
  private let window: Int
  private var next = 0
  private var delivered = 0
  private var results: [Int: Value] = [:]
  private var isStopped = false

  /// A run over `count` items by so many threads.
  package init(count: Int, jobs: Int) {
    self.count = count
    window = 4 * max(1, jobs)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Starts a thread that calls `work` with one item after the other; returns whether there is one.
  package func start(_ work: @escaping @Sendable (Int) -> Value) -> Bool {
    let body = Unmanaged.passRetained(
      ThreadBody { [self] in
        while let item = take() { put(work(item), for: item) }
      })
    let isStarted = kernels_start(body.toOpaque()) { body in
      if let body { Unmanaged<ThreadBody>.fromOpaque(body).takeRetainedValue().run() }
      return nil
    }
    if isStarted == 0 { body.release() }
    return isStarted != 0
  }

  /// The next item for a thread; nil if there is none.
  private func take() -> Int? {
    locked {
      while !isStopped, next < count, next >= delivered + window { pthread_cond_wait(changed, mutex) }
      guard !isStopped, next < count else { return nil }
      defer { next += 1 }
      return next
    }
  }

  private func put(_ value: Value, for item: Int) {
    locked {
      results[item] = value
      pthread_cond_broadcast(changed)
    }
  }

  /// The result of the next item in order; nil if it did not come within `seconds`, or there is no further item.
  package func wait(seconds: Double) -> Value? {
    locked {
      guard delivered < count else { return nil }
      if results[delivered] == nil {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        let nanoseconds = deadline.tv_nsec + Int(seconds * 1e9)
        deadline.tv_sec += nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        while results[delivered] == nil, pthread_cond_timedwait(changed, mutex, &deadline) == 0 {}
      }
      guard let value = results.removeValue(forKey: delivered) else { return nil }
      delivered += 1
      pthread_cond_broadcast(changed)
      return value
    }
  }

  /// Whether the results of all items have been given out.
  package var isFinished: Bool { locked { delivered >= count } }

  /// Items whose results wait for an earlier one.
  package var waiting: Int { locked { results.count } }

  /// Has the threads end after the items at hand, and gives out the results that wait, in order. There are no others.
  package func stop() -> [Value] {
    locked {
      isStopped = true
      pthread_cond_broadcast(changed)
      let left = results.sorted { $0.key < $1.key }.map(\.value)
      (results, delivered) = ([:], count)
      return left
    }
  }
}

extension OrderedJobs {
  /// Has all processors work on items, and hands their results out in order on this thread, until `deliver` says that it
  /// is enough or the run is stopped. One item alone, and all where no thread can be had, are worked on here.
  ///
  /// - Parameters:
  ///   - isStopped: asked several times a second; what was not handed out by then is lost.
  ///   - worker: makes what one thread calls with one item after the other.
  ///   - deliver: takes a result, and says whether to go on.
  /// - Returns: whether the run was stopped.
  /// - Throws: what `deliver` throws.
  package static func run<Failure: Error>(
    _ count: Int, isStopped: () -> Bool, worker: () -> @Sendable (Int) -> Value,
    deliver: (Value) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    let jobs = min(processors, count)
    let queue = OrderedJobs(count: count, jobs: jobs)
    // Little work is done sooner than a thread starts.
    guard count > 1, (0..<jobs).count(where: { _ in queue.start(worker()) }) > 0 else {
      let work = worker()
      for item in 0..<count {
        if isStopped() { return true }
        guard try deliver(work(item)) else { return false }
      }
      return isStopped()
    }
    defer { _ = queue.stop() }
    while !queue.isFinished {
      if isStopped() { return true }
      guard let result = queue.wait(seconds: 0.05) else { continue }
      guard try deliver(result) else { return false }
    }
    return false
  }
}

/// What a thread runs.
private final class ThreadBody {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
