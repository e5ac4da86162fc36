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

  /// If every call took a second, the largest product, 640 x 4096 x 8192, were the best rate, and a sum of 2^25 elements,
  /// which moves 12 bytes of each, the best bandwidth; a matrix that no cache of 48 MiB holds has 256 MiB.
  @Test(.enabled(if: (try? BLAS(for: "a test", threads: 1, bytes: 0)) != nil, "needs OpenBLAS"))
  func figuresFollowFromTheClock() throws {
    let machine = Machine(cores: 3, memory: 34_359_738_368, cache: 50_331_648)
    let calibration = try Calibration(CallTimer { _ in 1 }, machine)
    #expect(calibration.single.value == 2 * 640 * 4096 * 8192)
    #expect(calibration.oneCore.peak.value == 2 * 2048 * 2048 * 2048)
    #expect(calibration.double.value == 2 * 1024 * 1024 * 1024)
    #expect(calibration.bandwidth.value == 402_653_184)
    #expect(calibration.oneCore.bandwidth.value == 268_435_456)
    // A product of one row reads 4096 x 8192 weights of 4 bytes, and moves two vectors.
    #expect(calibration.elementwise == 134_266_880.0 / 402_653_184)
    #expect(calibration.overhead.value == 1)
    // Half of the cache: 24 MiB.
    #expect(calibration.cacheBandwidth?.value == 25_165_824)
    #expect(calibration.cache?.value == 50_331_648 && calibration.cores == 3)
  }

  @Test("a matrix that no cache holds is four times as large, if there is the memory for it")
  func matrixThatNoCacheHolds() {
    #expect(Bench.large(cache: nil, memory: nil) == 268_435_456)
    #expect(Bench.large(cache: 33_554_432, memory: 1e11) == 268_435_456)
    #expect(Bench.large(cache: 402_653_184, memory: 1e11) == 1_610_612_736)
    #expect(Bench.large(cache: 402_653_184, memory: 8e9) == 1e9)
    #expect(Bench.large(cache: 1e13, memory: 1e15) == 4_294_967_296)
  }
}
