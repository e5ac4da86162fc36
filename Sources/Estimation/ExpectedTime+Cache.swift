internal import Hardware
internal import Operators
internal import Quantities

extension ExpectedTime {
  /// The terms of which the longest is the time of a step of decoding over the cache.
  ///
  /// Every term grows by the same amount with every token in the cache, which lets `DecodeEstimate` sum up any number
  /// of steps. Engines split the cache over all multiprocessors and combine the parts in a second kernel
  /// (flash-decoding), so that it streams as the weights of a product do; attention's share of the peak counts only
  /// where many heads share their keys. Not fitted to measured times.
  func cacheBounds(_ cost: Cost) -> [Seconds] {
    let peak = hardware.peak(of: cost.matrixUnit)
    let products = hardware.achieved.products(in: peak.format)
    let rate = cost.flops > .zero ? products : hardware.achieved.elementwise
    let overhead = rate.overhead * cacheKernels(cost)
    let memory = cost.traffic.total / (hardware.bandwidth.value * rate.bandwidth)
    let work = cost.flops / (peak.throughput * hardware.achieved.attention.peak)
    return [memory + overhead, work + overhead]
  }

  /// Kernels of such a step: attention takes two, writing to the cache one.
  func cacheKernels(_ cost: Cost) -> Double { cost.flops > .zero ? 2 : 1 }
}
