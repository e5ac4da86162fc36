import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Testing

@Suite struct RooflineTests {
  /// The catalog's V100: 112 TFLOP/s FP16 products, 14 TFLOP/s FP32 vector, 900 GB/s.
  private func v100() throws -> Accelerator { try Catalog.standard.hardware("v100") }

  private func time(_ operation: Operator, on device: Accelerator) -> Price.ResourceSeconds {
    OperatorEstimate(operation, at: .fp16, on: device).time
  }

  @Test func busiestResourceDecides() throws {
    let v100 = try v100()
    // 2 x 112 x 1000 x 1000 = 224 MFLOP: 2 us. 2 bytes x (112,000 + 1,000,000 + 112,000) = 2.448 MB: 2.72 us.
    let product = time(.matmul("p", rows: 112, inner: 1000, columns: 1000), on: v100)
    #expect(product.bound == .memory)
    #expect(abs(product[.compute].value - 2e-6) < 1e-18)
    #expect(abs(product.longest.value - 2.72e-6) < 1e-18)

    // 14e6 FLOPs of vector work on 1 MB of traffic: 1 us against 1.11 us; twice the work: 2 us.
    let light = Operator("v", vectorFLOPs: 14e6, reading: 250_000, writing: 250_000)
    let heavy = Operator("v", vectorFLOPs: 28e6, reading: 250_000, writing: 250_000)
    #expect(time(light, on: v100).bound == .memory)
    #expect(time(heavy, on: v100).bound == .vector)
    #expect(abs(time(heavy, on: v100).longest.value - 2e-6) < 1e-18)
  }

  @Test("at the ridge point arithmetic bounds")
  func ridgePoint() throws {
    // Powers of two, so that no quotient is rounded: 2^40 and 2^35 FLOP/s, 2^30 B/s.
    var device = try v100()
    device.matrixPeaks[.fp16]?.value = Throughput(1_099_511_627_776)
    device.vectorPeaks[.fp32]?.value = Throughput(34_359_738_368)
    device.bandwidth.value = Bandwidth(1_073_741_824)
    // 2^20 elements of two bytes take 2^-9 seconds; so do 2^31 FLOPs of products and 2^26 others.
    let product = time(Operator("p", flops: 2_147_483_648, reading: 1_048_576), on: device)
    #expect(product[.compute] == product[.memory] && product[.memory] == Seconds(1 / 512))
    #expect(product.bound == .compute)
    let vector = time(Operator("v", vectorFLOPs: 67_108_864, reading: 1_048_576), on: device)
    #expect(vector[.vector] == vector[.memory] && vector.bound == .vector)
  }

  @Test func weightOnlyINT4IsNeverSlowerThanFP16() throws {
    let model = try Catalog.standard.model("vicuna-7b")
    for hardware in try Catalog.standard.allHardware() {
      for tokens in [1, 40, 616, 4096] {
        func seconds(_ precision: Precision) throws -> Seconds {
          try Estimate(
            model, on: hardware, precision: precision, visualInput: .tokens(tokens), textTokens: 1
          ).prefillSeconds
        }
        let fp16 = try seconds(.fp16)
        #expect(try seconds(.int4) <= fp16, "\(hardware.name), \(tokens) tokens")
        #expect(try seconds(.w8a16) <= fp16, "\(hardware.name), \(tokens) tokens")
      }
    }
  }

  @Test func fewerTokensNeverCostMore() throws {
    for name in ["vicuna-7b", "llava-1.5-7b"] {
      let model = try Catalog.standard.model(name)
      for hardware in [try v100(), try Catalog.standard.hardware("epyc-9654")] {
        for accounting in Accounting.all() + [.exact(kernels: .eager)] {
          let precision = try #require(accounting.precision("int8"))
          var last: Estimate?
          for tokens in [1, 2, 17, 40, 41, 144, 575, 576] {
            let estimate = try Estimate(
              model, on: hardware, precision: precision, visualInput: .tokens(tokens), textTokens: 40,
              accounting: accounting)
            if let last {
              #expect(last.totalSeconds <= estimate.totalSeconds)
              #expect(last.mainStage!.flops <= estimate.mainStage!.flops)
              #expect(last.mainStage!.traffic.total <= estimate.mainStage!.traffic.total)
              #expect(last.footprint.total <= estimate.footprint.total)
            }
            last = estimate
          }
        }
      }
    }
  }
}
