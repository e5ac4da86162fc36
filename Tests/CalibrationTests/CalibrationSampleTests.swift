import Foundation
import Quantities
import Testing

@testable import Calibration

@Suite("What a calibration makes of measured products")
struct CalibrationSampleTests {
  /// The time of a machine of 100 GFLOP/s and 20 GB/s whose kernels reach so much of both, after 3 us.
  private func sample(_ flops: Double, _ bytes: Double, peak: Double, bandwidth: Double) -> CalibrationSample {
    let (work, memory) = (flops / 100e9 / peak, bytes / 20e9 / bandwidth)
    return CalibrationSample(
      flops: FLOPs(flops), traffic: Bytes(bytes), seconds: Seconds(pow(pow(work, 2.5) + pow(memory, 2.5), 0.4) + 3e-6))
  }

  @Test("finds the shares that the times were made with", arguments: [(0.9, 0.8), (0.5, 0.95), (0.3, 0.3), (1, 1)])
  func sharesAreFound(peak: Double, bandwidth: Double) {
    let samples = [(1e9, 1e6), (1e9, 1e8), (2e8, 1e9), (5e9, 1e9)].map {
      sample($0.0, $0.1, peak: peak, bandwidth: bandwidth)
    }
    let found = CalibrationSample.shares(
      samples, Throughput(100e9), Bandwidth(20e9), Seconds(3e-6))
    // The grid has steps of 5 %.
    #expect(abs(found.peak / peak - 1) < 0.03)
    #expect(abs(found.bandwidth / bandwidth - 1) < 0.03)
  }

  @Test func oneWrongTimeDoesNotDecide() {
    var samples = (1...6).map { sample(Double($0) * 1e9, 1e6, peak: 0.8, bandwidth: 0.8) }
    samples[3].seconds = samples[3].seconds * 10.0
    let found = CalibrationSample.shares(samples, Throughput(100e9), Bandwidth(20e9), Seconds(3e-6))
    #expect(abs(found.peak / 0.8 - 1) < 0.03)
  }

  @Test func withoutSamplesThePeaksAreTaken() {
    let found = CalibrationSample.shares([], Throughput(100e9), Bandwidth(20e9), Seconds(3e-6))
    #expect(found == (1, 1))
  }
}
