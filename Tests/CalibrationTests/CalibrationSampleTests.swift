import Foundation
import Hardware
import Quantities
import Testing

@testable import Calibration

@Suite("What a calibration makes of measured products")
struct CalibrationSampleTests {
  /// Of a machine of 100 GFLOP/s and 20 GB/s whose kernels reach so much of both, after 3 us, side by side.
  private func sample(_ flops: Double, _ bytes: Double, peak: Double, bandwidth: Double) -> CalibrationSample {
    let (work, memory) = (flops / 100e9 / peak, bytes / 20e9 / bandwidth)
    return CalibrationSample(
      rows: 16, flops: FLOPs(flops), traffic: Bytes(bytes),
      seconds: Seconds(pow(pow(work, 2.5) + pow(memory, 2.5), 0.4) + 3e-6))
  }

  private func shares(_ samples: [CalibrationSample]) -> (shares: CalibrationSample.Shares, error: Double) {
    CalibrationSample.shares(samples, Throughput(100e9), Bandwidth(20e9), Seconds(3e-6), parts: 8)
  }

  @Test("finds the shares that the times were made with", arguments: [(0.9, 0.8), (0.5, 0.95), (0.3, 0.3), (1, 1)])
  func sharesAreFound(peak: Double, bandwidth: Double) {
    let samples = [(1e9, 1e6), (1e9, 1e8), (2e8, 1e9), (5e9, 1e9)].map {
      sample($0.0, $0.1, peak: peak, bandwidth: bandwidth)
    }
    let found = shares(samples)
    // The grid has steps of 5 %.
    #expect(abs(found.shares.peak / peak - 1) < 0.03)
    #expect(abs(found.shares.bandwidth / bandwidth - 1) < 0.03)
    #expect(found.shares.division == nil && found.error < 0.03)
  }

  /// OpenBLAS 0.3.21 on two cores of an EPYC (Zen 5), [rows x 4096].[4096 x 4096] in FP32, milliseconds: a machine of
  /// 244 GFLOP/s and 60 GB/s.
  private static let measured: [Double: Double] = [
    2: 3.87, 3: 4.84, 4: 5.82, 6: 5.90, 8: 6.07, 10: 7.96, 12: 9.69, 14: 7.26, 16: 4.64, 20: 8.28, 24: 8.53, 28: 12.28,
    32: 6.91, 36: 10.56, 40: 10.79, 48: 8.77, 64: 11.22, 80: 13.53, 96: 15.33, 128: 20.03,
  ]

  @Test("parts of rows explain why 8 rows take longer than 16, where few of them were measured")
  func divisionIsFound() {
    let all = Self.measured.sorted { $0.key < $1.key }.map { rows, time in
      CalibrationSample(
        rows: rows, flops: FLOPs(2 * rows * 4096 * 4096), traffic: Bytes(4 * (4096 * 4096 + 2 * rows * 4096)),
        seconds: Seconds(time / 1000))
    }
    let fitted = all.filter { [2, 4, 8, 24, 64, 128].contains($0.rows) }
    let (peak, bandwidth, none) = (Throughput(244e9), Bandwidth(60e9), Seconds(3e-7))
    let found = CalibrationSample.shares(fitted, peak, bandwidth, none, parts: 4)
    #expect(found.shares.division == RowDivision(parts: 4) && found.error < 0.03)
    for sample in all {
      let (work, memory) = ((sample.flops / peak).value, (sample.traffic / bandwidth).value)
      let seconds = found.shares.seconds(work, memory, rows: sample.rows, none.value)
      #expect(abs(seconds / sample.seconds.value - 1) < 0.12, "\(sample.rows) rows: \(seconds)")
    }
  }

  @Test func oneWrongTimeDoesNotDecide() {
    var samples = (1...6).map { sample(Double($0) * 1e9, 1e6, peak: 0.8, bandwidth: 0.8) }
    samples[3].seconds = samples[3].seconds * 10.0
    #expect(abs(shares(samples).shares.peak / 0.8 - 1) < 0.03)
  }

  @Test func withoutSamplesThePeaksAreTaken() {
    #expect(shares([]).shares == CalibrationSample.Shares() && shares([]).error == 0)
  }
}
