import LinearAlgebra
import Quantities
import Testing

@testable import Calibration

/// Calibration by a clock that the test sets.
@Suite struct CallTimerTests {
  /// A clock that shows these times one after the other, then the last for ever; counts what was called.
  private final class Clock {
    var times: [Double]
    var calls = 0
    init(_ times: [Double]) { self.times = times }
    var timer: CallTimer {
      CallTimer { call in
        call()
        return self.times.count > 1 ? self.times.removeFirst() : self.times[0]
      }
    }
  }

  private static let clocks: [(shown: [Double], budget: Double, times: [Double])] = [
    ([9, 0.4, 0.1, 0.3, 0.2], 0.9, [0.1, 0.2, 0.3, 0.4]), ([0.1, 5, 4, 6], 1, [4, 5, 6]), ([0], 0, [1e-9, 1e-9, 1e-9]),
  ]

  @Test("as many calls as fit, the first not counted", arguments: clocks)
  func calls(shown: [Double], budget: Double, times: [Double]) {
    let clock = Clock(shown)
    #expect(clock.timer.times(budget) { clock.calls += 1 } == times)
    #expect(clock.calls == times.count + 1)
  }

  /// If every call took a second, the largest product, 640 x 4096 x 8192, were the best rate, and 256 MiB a second the
  /// best bandwidth; a sum of 2^25 elements moves 12 bytes of each.
  @Test(.enabled(if: (try? BLAS(for: "a test")) != nil, "needs OpenBLAS"))
  func figuresFollowFromTheClock() throws {
    let calibration = try Calibration(CallTimer { _ in 1 })
    #expect(calibration.single.value == 2 * 640 * 4096 * 8192)
    #expect(calibration.oneCore.peak.value == 2 * 2048 * 2048 * 2048)
    #expect(calibration.double.value == 2 * 1024 * 1024 * 1024)
    #expect(calibration.bandwidth.value == 268_435_456)
    #expect(calibration.oneCore.bandwidth.value == 268_435_456)
    #expect(calibration.elementwise == 1)  // 403 MB a second are more than reading showed
    #expect(calibration.overhead.value == 1)
    if let cache = calibration.cache, cache.value < 536_870_912 {
      let rows = (cache.value / 2 / 4 / 4096).rounded(.down)
      #expect(calibration.cacheBandwidth?.value == rows * 4096 * 4)
    }
  }
}
