extension Operator {
  /// A convolution of every channel with a kernel of its own (depthwise), over so many output pixels in all.
  ///
  /// 2 k^2 FLOPs an element of the output for a k x k kernel, as torch counts them; reads the input and the kernels
  /// once.
  public static func depthwiseConvolution(
    _ name: Operator.Name, inputPixels: Double, outputPixels: Double, channels: Double, kernelSize: Double, bias: Bool
  ) -> Operator {
    let output = outputPixels * channels
    let area = kernelSize * kernelSize
    return Operator(
      name, flops: 2 * area * output, vectorFLOPs: bias ? VectorWork.add * output : 0,
      moving: Moves(
        weights: (area + (bias ? 1 : 0)) * channels, activationsRead: inputPixels * channels, activationsWritten: output
      ))
  }

  /// The mean of every channel over the pixels of an image, or of a part of it: reads all, writes one for each.
  public static func averagePooling(
    _ name: Operator.Name, inputPixels: Double, outputPixels: Double, channels: Double
  ) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.add * inputPixels * channels + VectorWork.scale * outputPixels * channels,
      reading: inputPixels * channels, writing: outputPixels * channels)
  }
}
