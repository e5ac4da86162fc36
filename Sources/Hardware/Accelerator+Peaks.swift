public import Quantities

/// The rate at which a device computes in a format, and which format it really computes in.
package struct Peak: Sendable, Hashable {
  /// Operations per second; a multiply-add is two.
  package var throughput: Throughput
  /// The format of the units that do the work.
  package var format: NumberFormat
  /// Whether those are matrix units.
  package var isMatrix: Bool
}

extension Accelerator {
  /// The peak for matrix products in `format`.
  ///
  /// The matrix units where they know the format. Else FP32 and FP64 run on the vector units; a narrower format falls
  /// to the fastest of the vector units' own rate for it and of all formats that hold its values.
  package func matrixPeak(_ format: NumberFormat) -> Peak {
    if let figure = matrixPeaks[format] { return Peak(throughput: figure.value, format: format, isMatrix: true) }
    let candidates = [format] + format.substitutes
    var best: Peak?
    for (peaks, isMatrix) in [(matrixPeaks, true), (vectorPeaks, false)] {
      for candidate in candidates {
        guard let figure = peaks[candidate], figure.value > best?.throughput ?? .zero else { continue }
        best = Peak(throughput: figure.value, format: candidate, isMatrix: isMatrix)
      }
    }
    return best ?? vectorPeak(.fp32)
  }

  /// The peak for everything but matrix products in `format`; FP32, which every device has, where it lacks the format.
  package func vectorPeak(_ format: NumberFormat) -> Peak {
    if let figure = vectorPeaks[format] { return Peak(throughput: figure.value, format: format, isMatrix: false) }
    let fp32 = vectorPeaks[.fp32]?.value ?? .zero
    return Peak(throughput: fp32, format: .fp32, isMatrix: false)
  }

  /// The one figure that a device is advertised with for `format`: the matrix units', else the vector units'.
  package func headlinePeak(_ format: NumberFormat) -> Peak {
    if matrixPeaks[format] == nil, let figure = vectorPeaks[format] {
      return Peak(throughput: figure.value, format: format, isMatrix: false)
    }
    return matrixPeak(format)
  }

  /// Operations per second of matrix units in a format with sums in FP16; nil where they are no faster.
  public func peakOfHalfSums(in format: NumberFormat) -> Double? {
    halfSumPeaks[format]?.value.value
  }

  /// The intensity from which on matrix products in `format` are bound by arithmetic, no longer by memory.
  public func ridgePoint(_ format: NumberFormat) -> Intensity { matrixPeak(format).throughput / bandwidth.value }
}

extension NumberFormat {
  /// The other formats that can stand in for this one when a device lacks it; integer products are exact in FP16
  /// with FP32 accumulation.
  fileprivate var substitutes: [NumberFormat] {
    switch self {
    case .fp64, .fp32: []
    case .tf32: [.fp32]
    case .fp16, .bf16: [.fp16, .bf16, .tf32, .fp32]
    case .fp8, .int8: [.fp16, .bf16, .tf32, .fp32]
    case .fp4: [.fp8, .fp16, .bf16, .tf32, .fp32]
    case .int4: [.int8, .fp16, .bf16, .tf32, .fp32]
    }
  }
}
