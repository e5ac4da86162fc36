import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// NCCL's own model of a ring, by hand (src/graph/tuning.cc at commit 01afd20).
@Suite("Expected times of collective operations")
struct CollectiveTimeTests {
  private func microseconds(_ operation: Operator, on device: String) throws -> Double {
    OperatorEstimate(operation, at: .fp16, on: try Catalog.standard.hardware(device)).kernel.value * 1e6
  }

  @Test("take the fastest protocol over NVLink")
  func nvlink() throws {
    // 4 devices: 6 messages; each sends 2 x 3/4 of the tensor. 8192 elements of FP16: 24,576 bytes at a quarter of 235 GB/s.
    let small = try microseconds(.allReduce("sum", elements: 8192, devices: 4), on: "a100-80gb")
    #expect(abs(small - (3.6 + 6 * 0.47 + 24_576 / (235e3 / 4))) < 1e-6)
    // 2048 x 8192: 50.3 MB, in Simple 8.4 + 6 x 3.4 and all of the 235 GB/s.
    let large = try microseconds(.allReduce("sum", elements: 2048 * 8192, devices: 4), on: "a100-80gb")
    #expect(abs(large - (8.4 + 6 * 3.4 + 50_331_648 / 235e3)) < 1e-6)
    // 128 x 8192: 3.1 MB, in LL128 10 + 6 x 1.9 and 0.92 of it.
    let middle = try microseconds(.allReduce("sum", elements: 128 * 8192, devices: 4), on: "a100-80gb")
    #expect(abs(middle - (10 + 6 * 1.9 + 3_145_728 / (0.92 * 235e3))) < 1e-6)
  }

  @Test("and over PCIe")
  func pcie() throws {
    // 2 messages of 1.0 in LL, of 5.7 in Simple; 16 GB/s each way on a V100, of which 235/300.
    let small = try microseconds(.allReduce("sum", elements: 1024, devices: 2), on: "v100")
    #expect(abs(small - (3.6 + 2 * 1.0 + 2048 / (16e3 * 235 / 300 / 4))) < 1e-6)
    let large = try microseconds(.allReduce("sum", elements: 1_048_576, devices: 2), on: "v100")
    #expect(abs(large - (8.4 + 2 * 5.7 + 2_097_152 / (16e3 * 235 / 300))) < 1e-6)
  }
}
