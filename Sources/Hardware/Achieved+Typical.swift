internal import Quantities

extension Achieved {
  /// What is typical of a class of devices, for those that nobody measured.
  ///
  /// `matrixAdvantage` is the FP16 rate of the matrix units over the FP32 rate of the vector units; nil without matrix
  /// units. GPUs: the middle of A100, H100 and A40 (attention: of the first two), which `Tools/fit_achieved.py` fitted. What
  /// a power limit leaves of their clock is the file's `sustained`: the geometric mean of the clock that is warranted
  /// under any load and the highest, over the highest. Of consumer GPUs, whose matrix units run at about twice
  /// the vector rate, none is assumed, as was chosen after an RTX 4090's prefills had been seen.
  /// CPUs, SoCs, TPUs and GPUs without matrix units: round figures from experience, without source and not verified.
  static func typical(of kind: Accelerator.Kind, matrixAdvantage: Double?) -> Achieved {
    switch kind {
    case .gpu where matrixAdvantage.map { $0 <= 2.5 } ?? false: consumerGPU
    case .gpu where matrixAdvantage != nil: matrixGPU
    case .gpu: uniform(peak: 0.8, bandwidth: 0.85, overhead: 5e-6, attention: 0.4)
    case .soc: uniform(peak: 0.7, bandwidth: 0.8, overhead: 8e-6, attention: 0.4)
    case .cpu: uniform(peak: 0.75, bandwidth: 0.75, overhead: 5e-6, attention: 0.3)
    case .tpu, .accelerator: uniform(peak: 0.75, bandwidth: 0.85, overhead: 5e-6, attention: 0.45)
    }
  }

  private static let matrixGPU = gpu(sustained: 0.9)
  private static let consumerGPU = gpu(sustained: 1)

  /// A GPU of about as many multiprocessors as an A100, where its file does not count them.
  private static func gpu(sustained: Double) -> Achieved {
    let products = Rate(peak: 1, bandwidth: 0.85, sustained: sustained, overhead: Seconds(3.8e-6))
    return Achieved(
      multiprocessors: 108, products: [.fp16: products, .fp8: products],
      attention: Rate(peak: 0.45, bandwidth: 0.25, overhead: Seconds(12e-6)),
      elementwise: Rate(peak: 0.57, bandwidth: 0.9, overhead: Seconds(1.4e-6)))
  }

  /// One rate for all products, no tiles.
  private static func uniform(peak: Double, bandwidth: Double, overhead: Double, attention: Double) -> Achieved {
    let products = Rate(peak: peak, bandwidth: bandwidth, overhead: Seconds(overhead))
    return Achieved(
      multiprocessors: nil, products: [.fp32: products],
      attention: Rate(peak: attention, bandwidth: bandwidth, overhead: Seconds(overhead)),
      elementwise: Rate(bandwidth: bandwidth, overhead: Seconds(overhead)))
  }
}
