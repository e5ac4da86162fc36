/// Times calls, repeatedly.
struct CallTimer {
  /// Makes a call and says how many seconds it took; a test puts a clock of its own here.
  var seconds: (() -> Void) -> Double = { call in ContinuousClock().measure(call) / .seconds(1) }

  /// The times of calls for about `budget` seconds, at least three after one to warm up, sorted, none below a
  /// nanosecond.
  func times(_ budget: Double, _ call: () -> Void) -> [Double] {
    withoutActuallyEscaping(call) { call in
      var times: [Double] = []
      var total = 0.0
      _ = seconds(call)
      while times.count < 3 || total < budget {
        let time = max(seconds(call), 1e-9)
        times.append(time)
        total += time
      }
      return times.sorted()
    }
  }
}
