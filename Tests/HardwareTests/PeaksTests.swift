import Hardware
import Quantities
import Testing

@Suite("Peaks and what stands in for them")
struct PeaksTests {
  /// A device with the given peaks in TFLOP/s at 1 TB/s.
  private func device(matrix: [NumberFormat: Double], vector: [NumberFormat: Double]) throws -> Accelerator {
    func table(_ peaks: [NumberFormat: Double]) -> String {
      peaks.map { "\($0.rawValue): { value: \($1) T\($0.isInteger ? "" : "FL")OP/s, source: unverified }" }
        .sorted().joined(separator: ", ")
    }
    return try accelerator(
      """
      name: d
      title: D
      vendor: Nobody
      kind: gpu
      matrix: { \(table(matrix)) }
      vector: { \(table(vector)) }
      memory: { bandwidth: { value: 1 TB/s, source: unverified } }
      sources: {}
      """)
  }

  @Test("the matrix units where they know the format")
  func known() throws {
    let device = try device(matrix: [.fp16: 100, .int8: 200], vector: [.fp32: 10, .int8: 150])
    let peak = device.matrixPeak(.int8)
    #expect(peak.throughput == Throughput(200e12))
    #expect(peak.format == .int8)
    #expect(peak.isMatrix)
    #expect(device.ridgePoint(.int8) == Intensity(200))
  }

  @Test("a V100 computes BF16 and INT8 products in FP16, FP32 ones on the vector units")
  func volta() throws {
    let device = try device(matrix: [.fp16: 112], vector: [.fp32: 14, .fp16: 28, .int8: 62])
    for format in [NumberFormat.bf16, .fp8, .int8, .int4, .fp4] {
      let peak = device.matrixPeak(format)
      #expect(peak.throughput == Throughput(112e12))
      #expect(peak.format == .fp16)
      #expect(peak.isMatrix)
    }
    let single = device.matrixPeak(.fp32)
    #expect(single.throughput == Throughput(14e12))
    #expect(!single.isMatrix)
  }

  @Test("FP32 products do not fall to a narrower format, however fast")
  func noLossOfPrecision() throws {
    let device = try device(matrix: [.fp16: 100, .tf32: 50], vector: [.fp32: 10])
    #expect(device.matrixPeak(.fp32).throughput == Throughput(10e12))
    #expect(device.matrixPeak(.tf32).throughput == Throughput(50e12))
    // FP16 fits into TF32, but its own units are faster.
    #expect(device.matrixPeak(.bf16).format == .fp16)
  }

  @Test("without matrix units the vector units compute products")
  func vectorOnly() throws {
    let device = try device(matrix: [:], vector: [.fp32: 10, .fp16: 20, .int8: 40])
    #expect(device.matrixPeak(.fp16).throughput == Throughput(20e12))
    #expect(device.matrixPeak(.int8).throughput == Throughput(40e12))
    #expect(device.matrixPeak(.bf16).format == .fp16)
    #expect(!device.matrixPeak(.fp16).isMatrix)
  }

  @Test("vector work in a format that the vector units lack runs in FP32")
  func vectorPeaks() throws {
    let device = try device(matrix: [.fp16: 100], vector: [.fp32: 10, .fp16: 20])
    #expect(device.vectorPeak(.fp16).throughput == Throughput(20e12))
    #expect(device.vectorPeak(.bf16).throughput == Throughput(10e12))
    #expect(device.vectorPeak(.bf16).format == .fp32)
  }

  @Test("the headline figure is the matrix units', else the vector units' own rate, else what stands in")
  func headline() throws {
    let device = try device(matrix: [.fp16: 112], vector: [.fp32: 14, .fp16: 28, .int8: 62])
    #expect(device.headlinePeak(.fp16).throughput == Throughput(112e12))
    #expect(device.headlinePeak(.int8).throughput == Throughput(62e12))
    #expect(device.headlinePeak(.int8).format == .int8)
    #expect(device.headlinePeak(.bf16).throughput == Throughput(112e12))
  }
}
