import Operators
import Quantities
import Testing

@Suite("Convolutions of single channels and means over pixels")
struct ConvolutionTests {
  @Test("a 3 x 3 kernel of each of 8 channels over 6 x 6 pixels, 4 x 4 of which have all neighbours")
  func depthwise() {
    for bias in [false, true] {
      let convolution = Operator.depthwiseConvolution(
        "depthwise", inputPixels: 36, outputPixels: 16, channels: 8, kernelSize: 3, bias: bias)
      #expect(convolution.flops == FLOPs(2304))  // 2 x 9 for each of 16 x 8 elements
      #expect(convolution.vectorFLOPs == FLOPs(bias ? 128 : 0))
      let traffic = convolution.cost(at: .fp16).traffic
      #expect(traffic.weights == Bytes(bias ? 160 : 144))  // 9 weights a channel, and the bias
      #expect(traffic.activationsRead == Bytes(2 * 36 * 8))
      #expect(traffic.activationsWritten == Bytes(2 * 16 * 8))
    }
  }

  @Test("a mean adds every pixel and divides once")
  func pooling() {
    let pooling = Operator.averagePooling("pool", inputPixels: 36, outputPixels: 9, channels: 8)
    #expect(pooling.flops == .zero)
    #expect(pooling.vectorFLOPs == FLOPs(36 * 8 + 9 * 8))
    #expect(pooling.cost(at: .fp16).traffic.activationsRead == Bytes(2 * 288))
    #expect(pooling.cost(at: .fp16).traffic.activationsWritten == Bytes(2 * 72))
  }
}
