import Operators
import Quantities
import Testing

@Suite("Matrix products")
struct MatrixProductTests {
  @Test("2 r k c FLOPs; weights and input read once, output written once")
  func product() {
    let product = Operator.matmul("query", rows: 3, inner: 5, columns: 7)
    // 2 x 3 x 5 x 7 = 210; 16 bits are 2 bytes.
    #expect(product.flops == FLOPs(210))
    #expect(product.vectorFLOPs == .zero)
    let cost = product.cost(at: .fp16)
    #expect(cost.traffic.weights == Bytes(5 * 7 * 2))
    #expect(cost.traffic.activationsRead == Bytes(3 * 5 * 2))
    #expect(cost.traffic.activationsWritten == Bytes(3 * 7 * 2))
    #expect(cost.traffic.cacheRead == .zero)
    #expect(cost.traffic.cacheWritten == .zero)
    #expect(cost.liveActivations == Bytes(3 * 5 * 2 + 3 * 7 * 2))
    #expect(cost.intensity == Intensity(210 / (70 + 30 + 42)))
  }

  @Test("a bias is read with the weights and adds one vector FLOP per element of the output")
  func bias() {
    let product = Operator.matmul("query", rows: 3, inner: 5, columns: 7, bias: true)
    #expect(product.flops == FLOPs(210))
    #expect(product.vectorFLOPs == FLOPs(21))
    #expect(product.cost(at: .fp16).traffic.weights == Bytes((35 + 7) * 2))
  }

  @Test("what goes to the cache has the cache's width, not the activations'")
  func destination() {
    var precision = Precision.fp16
    precision.cacheBits = 8
    let cost = Operator.matmul("key", rows: 3, inner: 5, columns: 7, cachedColumns: 7).cost(at: precision)
    #expect(cost.traffic.cacheWritten == Bytes(21))
    #expect(cost.traffic.activationsWritten == .zero)
    // The cache is no activation.
    #expect(cost.liveActivations == Bytes(30))
    // Of queries, keys and values in one product, 3 of 7 columns go there.
    let some = Operator.matmul("qkv", rows: 3, inner: 5, columns: 7, cachedColumns: 3).cost(at: precision)
    #expect(some.traffic.cacheWritten == Bytes(9))
    #expect(some.traffic.activationsWritten == Bytes(12 * 2))
  }

  @Test("quantised products have the format's weights; the head, tower and connector do not")
  func quantization() {
    let quantized = Operator.matmul("up", rows: 2, inner: 128, columns: 4)
    // 512 weights of 4 bits and 4 groups of 128, each with 16 + 4 bits: 2048 + 80 = 2128 bits, 266 bytes.
    #expect(quantized.cost(at: .int4).traffic.weights == Bytes(266))
    #expect(quantized.arithmetic.units(at: .int4).matrix == .matrix(.fp16))
    #expect(quantized.cost(at: .int8).traffic.weights == Bytes(512))
    #expect(quantized.cost(at: .int8).traffic.activationsRead == Bytes(256))
    #expect(quantized.arithmetic.units(at: .int8).matrix == .matrix(.int8))
    #expect(quantized.cost(at: .w8a16).traffic.activationsRead == Bytes(512))
    #expect(quantized.arithmetic.units(at: .w8a16).matrix == .matrix(.fp16))

    let head = Operator.matmul("head", rows: 2, inner: 128, columns: 4, quantized: false)
    for precision in [Precision.int4, .int8, .fp8, .w8a16, .w4a4] {
      #expect(head.cost(at: precision).traffic.weights == Bytes(1024))
      #expect(head.cost(at: precision).traffic.activationsRead == Bytes(512))
      #expect(head.arithmetic.units(at: precision).matrix == .matrix(.fp16))
    }
  }

  @Test func holding() {
    let product = Operator.matmul("down", rows: 3, inner: 5, columns: 7, holding: 100)
    #expect(product.cost(at: .fp32).liveActivations == Bytes((15 + 21 + 100) * 4))
    // What is held does not move.
    #expect(product.cost(at: .fp32).traffic.total == Bytes((35 + 15 + 21) * 4))
  }
}
