internal import Quantities

extension Achieved {
  /// What is typical of a class of devices, for those that nobody measured.
  ///
  /// `matrixAdvantage` is the FP16 rate of the matrix units over the FP32 rate of the vector units; nil without matrix
  /// units. GPUs: the middle of A100, H100 and A40, which `Tools/fit_achieved.py` fitted; 8-bit products lose more to
  /// scaling and to the memory's pace (65 to 77 % at best: ml-engineering, "Maximum Achievable Matmul FLOPS"). Consumer
  /// GPUs have matrix units slowed to twice the vector rate, which are easily kept busy, and clock above their rating.
  /// 8-bit and consumer shares were set by hand with published prefills of the L40S and the RTX 4090 in view.
  /// The others are rounded from published shares: STREAM reaches 75 to 90 % of the bandwidth on CPUs and SoCs, GEMM
  /// 70 to 85 % of the peak.
  static func typical(of kind: DeviceKind, matrixAdvantage: Double?) -> Achieved {
    switch kind {
    case .gpu where matrixAdvantage.map { $0 <= 2.5 } ?? false: consumerGPU
    case .gpu where matrixAdvantage != nil: matrixGPU
    case .gpu: uniform(peak: 0.8, bandwidth: 0.85, overhead: 5e-6, attention: 0.4)
    case .soc: uniform(peak: 0.7, bandwidth: 0.8, overhead: 8e-6, attention: 0.4)
    case .cpu: uniform(peak: 0.75, bandwidth: 0.75, overhead: 5e-6, attention: 0.3)
    case .tpu, .accelerator: uniform(peak: 0.75, bandwidth: 0.85, overhead: 5e-6, attention: 0.45)
    }
  }

  private static let matrixGPU = gpu(fp16: 0.86, fp8: 0.65)
  private static let consumerGPU = gpu(fp16: 1, fp8: 0.95)

  /// A GPU of about as many multiprocessors as an A100.
  private static func gpu(fp16: Double, fp8: Double) -> Achieved {
    Achieved(
      multiprocessors: 108,
      products: [
        .fp16: Rate(peak: fp16, bandwidth: 0.85, overhead: Seconds(4e-6)),
        .fp8: Rate(peak: fp8, bandwidth: 0.85, overhead: Seconds(6e-6)),
      ],
      attention: Rate(peak: 0.45, bandwidth: 0.25, overhead: Seconds(12e-6)),
      elementwise: Rate(bandwidth: 0.9, overhead: Seconds(2e-6)))
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
