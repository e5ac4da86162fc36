import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Testing

@Suite("The gap between kernels")
struct KernelGapTests {
  private let product: Operator = .matmul("p", rows: 616, inner: 4096, columns: 4096)

  private func estimate(_ operation: Operator, on device: String, _ launch: Launch = .stream) throws -> OperatorEstimate
  {
    OperatorEstimate(operation, at: .fp16, on: try Catalog.standard.hardware(device), launch: launch)
  }

  /// NVIDIA's figures for a kernel of 2.9 microseconds: 3.8 from start to start in a stream, 3.4 in a graph.
  @Test("is NVIDIA's of a stream or of a graph", arguments: [(Launch.stream, 3.8e-6), (.graph, 3.4e-6)])
  func follows(launch: Launch, fromStartToStart: Double) throws {
    let product = try estimate(product, on: "a100-80gb", launch)
    #expect(abs((product.expected - product.kernel).value - (fromStartToStart - 2.9e-6)) < 1e-12)
  }

  @Test func measuredTimesOfKernelsAreWithoutIt() throws {
    #expect(try estimate(product, on: "a100-80gb", .graph).kernel == estimate(product, on: "a100-80gb").kernel)
  }

  @Test(arguments: ["xeon-8480", "apple-m2-max", "tpu-v5e"])
  func devicesWithoutMultiprocessorsHaveNone(device: String) throws {
    #expect(try estimate(product, on: device).gap == .zero)
  }

  @Test func nothingHasNone() throws {
    #expect(try estimate(Operator("nothing"), on: "a100-80gb").expected == .zero)
  }

  /// 32 layers of 10 kernels (two norms, one projection, rotary, attention over the cache in two, output; gate and up
  /// in one, activation, down), embedding, norm and head: 323, half a microsecond each.
  @Test func aStepOfDecodingIsAGraph() throws {
    let request = try Estimate(
      Catalog.standard.model("vicuna-7b"), on: Catalog.standard.hardware("a100-80gb"), precision: .fp16,
      visualInput: .tokens(0), textTokens: 100, serving: Serving(outputTokens: 2))
    let step = try #require(request.decode).first
    let gaps = step.operators.map { $0.gap * $0.repeatCount }.sum()
    #expect(abs(gaps.value / (323 * 0.5e-6) - 1) < 1e-9)
  }
}
