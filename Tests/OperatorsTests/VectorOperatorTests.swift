import Operators
import Quantities
import Testing

@Suite("Norms, activations, sums and embeddings")
struct VectorOperatorTests {
  @Test("RMS norm: square, sum and two products an element; one weight a channel")
  func rmsNorm() {
    let norm = Operator.normalization("norm", .rms, rows: 3, width: 10)
    #expect(norm.vectorFLOPs == FLOPs(120))
    #expect(norm.flops == .zero)
    let traffic = norm.cost(at: .fp16).traffic
    #expect(traffic.weights == Bytes(20))
    #expect(traffic.activationsRead == Bytes(60))
    #expect(traffic.activationsWritten == Bytes(60))
  }

  @Test("layer norm: seven FLOPs an element, a weight and a bias a channel")
  func layerNorm() {
    let norm = Operator.normalization("norm", .layer, rows: 3, width: 10)
    #expect(norm.vectorFLOPs == FLOPs(210))
    #expect(norm.cost(at: .fp16).traffic.weights == Bytes(40))
  }

  // Square, sum, product with 1 / rms; the mean's sum and subtraction; a product with a weight; a bias.
  @Test(
    "FLOPs and parameters of the norms, as their terms are counted",
    arguments: [
      (NormKind.rmsWithoutWeight, 3.0, 0.0, false), (.rms, 4, 1, false), (.layerWithoutWeight, 5, 0, true),
      (.layerWithoutBias, 6, 1, true), (.layer, 7, 2, true),
    ])
  func norms(kind: NormKind, flops: Double, parameters: Double, isCentred: Bool) {
    let norm = Operator.normalization("norm", kind, rows: 3, width: 10)
    #expect(norm.vectorFLOPs == FLOPs(30 * flops))
    #expect(norm.cost(at: .fp16).traffic.weights == Bytes(2 * 10 * parameters))
    #expect(kind.isCentred == isCentred)
  }

  @Test("with the residual sum in one kernel: a FLOP, a read and a write more")
  func residual() {
    let norm = Operator.normalization("norm", .rms, rows: 3, width: 10, adding: 1, to: .productInput)
    #expect(norm.vectorFLOPs == FLOPs(150))
    let traffic = norm.cost(at: .int8).traffic
    #expect(traffic.activationsRead == Bytes(120))
    // The sum in FP16, the normalised output in INT8.
    #expect(traffic.activationsWritten == Bytes(60 + 30))
  }

  @Test(
    "FLOPs of the activation functions, as their terms are counted",
    arguments: [
      (ActivationKind.relu, 1.0), (.silu, 4), (.gelu, 5), (.quickGELU, 5), (.geluTanh, 9),
    ])
  func activations(kind: ActivationKind, flops: Double) {
    let activation = Operator.activation("activation", kind, elements: 10)
    #expect(activation.vectorFLOPs == FLOPs(10 * flops))
    #expect(activation.cost(at: .fp16).traffic.total == Bytes(40))
    // With the gate's product one FLOP and one read more.
    let gated = Operator.gatedActivation("activation", kind, elements: 10)
    #expect(gated.vectorFLOPs == FLOPs(10 * (flops + 1)))
    #expect(gated.cost(at: .fp16).traffic.activationsRead == Bytes(40))
    #expect(gated.cost(at: .fp16).traffic.activationsWritten == Bytes(20))
  }

  @Test func sumsAndProducts() {
    for operation in [Operator.sum("sum", elements: 10), .product("product", elements: 10)] {
      #expect(operation.vectorFLOPs == FLOPs(10))
      #expect(operation.cost(at: .fp32).traffic.activationsRead == Bytes(80))
      #expect(operation.cost(at: .fp32).traffic.activationsWritten == Bytes(40))
    }
    #expect(
      Operator.product("product", elements: 10, to: .productInput).cost(at: .int8).traffic.activationsWritten
        == Bytes(10))
  }

  @Test("an embedding reads a row for each text token, not the table")
  func embedding() {
    let embedding = Operator.embedding("embedding", textRows: 40, visualRows: 576, width: 4096)
    #expect(embedding.flops + embedding.vectorFLOPs == .zero)
    let traffic = embedding.cost(at: .fp16).traffic
    #expect(traffic.weights == Bytes(327_680))  // 40 x 4096 x 2
    #expect(traffic.activationsRead == Bytes(4_718_592))  // 576 x 4096 x 2
    #expect(traffic.activationsWritten == Bytes(5_046_272))  // 616 x 4096 x 2
  }

  @Test("positions are added to every token, the class token's embedding is read besides")
  func positionEmbedding() {
    let embedding = Operator.positionEmbedding("positions", images: 2, patches: 4, positions: 5, width: 10)
    #expect(embedding.vectorFLOPs == FLOPs(100))
    let traffic = embedding.cost(at: .fp16).traffic
    #expect(traffic.weights == Bytes(120))  // five positions and one class token
    #expect(traffic.activationsRead == Bytes(160))
    #expect(traffic.activationsWritten == Bytes(200))
  }
}
