import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// Products on a CPU of 100 GFLOP/s and 50 GB/s, half and a fifth of which they reach; streams reach 80 %.
@Suite("Products of rows without tiles")
struct RowProductTests {
  private func milliseconds(rows: Double, parts: String = "") throws -> Double {
    let file = """
      name: host
      title: Host
      vendor: nobody
      kind: cpu
      vector:
        fp32: { value: 100 GFLOP/s, source: sheet }
      memory:
        bandwidth: { value: 50 GB/s, source: sheet }
      achieved:
        products:
          fp32: { peak: 0.5, bandwidth: 0.2, \(parts)overhead: 1 us, source: sheet }
        elementwise: { bandwidth: 0.8, overhead: 1 us, source: sheet }
      sources:
        sheet: made up
      """
    let device = try Accelerator(file: YAML.parse(Array(file.utf8), file: "host.yaml"))
    let product: Operator = .matmul("p", rows: rows, inner: 4096, columns: 4096)
    return OperatorEstimate(product, at: .fp32, on: device).kernel.value * 1000
  }

  /// One row: 67.14 MB at 40 GB/s take 1.6785 ms, 33.55 MFLOP at 50 GFLOP/s 0.6711: joined with the power 2.5, 1.7445.
  @Test("one row streams its weights, however more rows are divided", arguments: ["", "parts: 4, ", "parts: 1, "])
  func oneRow(parts: String) throws { #expect(abs(try milliseconds(rows: 1, parts: parts) - 1.7455) < 1e-4) }

  /// Four rows: 67.24 MB at 10 GB/s take 6.7240 ms; 134.2 MFLOP 2.6844 ms (joined 6.9871), and as four parts of one row each, which take
  /// as long as seven, 18.7905 ms. Sixteen are four parts of four: 67.63 MB in 6.7633 ms and 10.7374 ms.
  @Test func fewRows() throws {
    #expect(abs(try milliseconds(rows: 4) - 6.9881) < 1e-4)
    #expect(abs(try milliseconds(rows: 4, parts: "parts: 4, ") - 25.5155) < 1e-4)
    #expect(abs(try milliseconds(rows: 16, parts: "parts: 4, ") - 17.5017) < 1e-4)
  }
}
