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

  @Test func busiestResourceDecides() throws {
    let v100 = try v100()
    // 2 x 112 x 1000 x 1000 = 224 MFLOP: 2 us. 2 bytes x (112,000 + 1,000,000 + 112,000) = 2.448 MB: 2.72 us.
    let product = v100.time(of: Operator.matmul("p", rows: 112, inner: 1000, columns: 1000).cost(at: .fp16))
    #expect(product.bound == .memory)
    #expect(abs(product.compute.value - 2e-6) < 1e-18)
    #expect(abs(product.ideal.value - 2.72e-6) < 1e-18)

    // 14e6 FLOPs of vector work on 1 MB of traffic: 1 us against 1.11 us; twice the work: 2 us.
    let light = Operator("v", vectorFLOPs: 14e6, operands: [.reads(250_000), .writes(250_000)])
    let heavy = Operator("v", vectorFLOPs: 28e6, operands: [.reads(250_000), .writes(250_000)])
    #expect(v100.time(of: light.cost(at: .fp16)).bound == .memory)
    #expect(v100.time(of: heavy.cost(at: .fp16)).bound == .vector)
    #expect(abs(v100.time(of: heavy.cost(at: .fp16)).ideal.value - 2e-6) < 1e-18)
  }

  @Test func atTheRidgePointArithmeticBounds() {
    let time = OperatorTime(compute: Seconds(1), vector: Seconds(0), memory: Seconds(1))
    #expect(time.bound == .compute)
    #expect(OperatorTime(compute: Seconds(0), vector: Seconds(1), memory: Seconds(1)).bound == .vector)
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
