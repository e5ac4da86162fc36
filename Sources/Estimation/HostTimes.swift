internal import Engines
internal import Hardware
internal import Quantities

/// What an engine's host takes for a pass.
///
/// It launches the kernels of a pass ahead of the device: the device waits only where all of them take less than the
/// launches. What it does between two passes is waited for. A reducer's kernels it launches as well, where it launches one
/// by one.
struct HostTimes: Sendable {
  /// To launch all layers, and between passes, in seconds.
  let launches, step: Double
  /// To launch one kernel, in seconds; 0 where it launches many at once.
  private let launch: Double

  /// The times of an engine that runs so many layers; none without one.
  init(_ times: EngineTimes?, layers: Int) {
    launches = (times?.layer.value.value ?? 0) * Double(layers)
    step = times?.step.value.value ?? 0
    launch = times?.launch.value ?? 0
  }

  /// Adds what the device waits for while so many kernels are launched one by one.
  func wait(_ price: inout Price, launching kernels: Double) {
    guard let seconds = price.expectedSeconds else { return }
    price.wait(for: Seconds(max(0, kernels * launch - seconds.value)))
  }

  /// Adds what the device waits for in one pass to its kernels' time.
  func wait(_ price: inout Price) {
    guard let kernels = price.expectedSeconds else { return }
    price.wait(for: Seconds(max(0, launches - kernels.value) + step))
  }
}

extension Price {
  /// Adds time in which the device waits for the host.
  mutating func wait(for seconds: Seconds) {
    guard let kernels = expectedSeconds else { return }
    expectedSeconds = kernels + seconds
    hostSeconds = hostSeconds + seconds
  }
}
