internal import Operators

/// What makes a grid of fewer tokens of the connector's output by convolutions: the lightweight downsample projectors
/// of MobileVLM.
///
/// Source: mobilevlm/model/vision_projector.py of github.com/Meituan-AutoML/MobileVLM, commit 688fdec.
package struct Downsampler: Sendable, Hashable {
  /// The versions of it.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Two inverted residual blocks of MobileNet V3 with layer norms; the second halves the grid.
    case ldp
    /// Average pooling to 12 x 12 and a convolution that adds to its input (MobileVLM V2).
    case ldpV2 = "ldp_v2"
  }

  /// Which one it is.
  package var kind: Kind
  /// Channels, which are the language model's width.
  package var width: Int

  /// A downsampler of a kind over so many channels.
  package init(kind: Kind, width: Int) { (self.kind, self.width) = (kind, width) }

  private static let kernelSize = 3.0
  /// Rows and columns that the second version pools to.
  private static let pooled = 12

  /// Inner channels of squeeze and excitation: a quarter, rounded to a multiple of 8 as MobileNet does it.
  private var squeezed: Double {
    let quarter = width / 4
    let rounded = max(8, (quarter + 4) / 8 * 8)
    return Double(10 * rounded < 9 * quarter ? rounded + 8 : rounded)
  }

  /// The grid that it makes of one.
  func grid(of grid: PatchGrid) -> PatchGrid {
    switch kind {
    case .ldp: PatchGrid(rows: (grid.rows + 1) / 2, columns: (grid.columns + 1) / 2)
    case .ldpV2: PatchGrid(rows: Self.pooled, columns: Self.pooled)
    }
  }

  /// All parameters.
  var parameters: Parameters { Parameters { append(images: 1, grid: PatchGrid(rows: 1, columns: 1), to: &$0) } }

  /// Adds the operators over `images` images whose tokens lie in a grid.
  func append(images: Double, grid: PatchGrid, to list: inout OperatorList) {
    let before = Double(grid.rows) * Double(grid.columns)
    let small = self.grid(of: grid)
    let after = Double(small.rows) * Double(small.columns)
    let width = Double(width)
    switch kind {
    case .ldp:
      appendBlock("downsampler.1", images: images, before: before, after: before, hasResidual: true, to: &list)
      appendBlock("downsampler.2", images: images, before: before, after: after, hasResidual: false, to: &list)
    case .ldpV2:
      list.add(
        .averagePooling(
          "downsampler.pooling", inputPixels: images * before, outputPixels: images * after, channels: width))
      list.add(
        .depthwiseConvolution(
          "downsampler.depthwise", inputPixels: images * after, outputPixels: images * after, channels: width,
          kernelSize: Self.kernelSize, bias: true))
      list.add(.sum("downsampler.residual", elements: images * after * width))
    }
  }

  /// An inverted residual block without expansion: depthwise convolution, squeeze and excitation, product of channels.
  // swift-format-ignore
  private func appendBlock(_ part: StaticString, images: Double, before: Double, after: Double, hasResidual: Bool, to list: inout OperatorList) {
    let width = Double(width)
    let rows = images * after
    let waiting = hasResidual ? images * before * width : 0
    let held = waiting + rows * width
    func name(_ leaf: StaticString) -> Operator.Name { Operator.Name(part, leaf) }
    func matmul(_ leaf: StaticString, rows: Double, inner: Double, columns: Double, bias: Bool, holding: Double) -> Operator {
      .matmul(name(leaf), rows: rows, inner: inner, columns: columns, bias: bias, quantized: false, holding: holding)
    }
    list.add(.depthwiseConvolution(name("depthwise"), inputPixels: images * before, outputPixels: rows, channels: width, kernelSize: Self.kernelSize, bias: false))
    list.add(.normalization(name("norm"), .layer, rows: rows, width: width, holding: waiting))
    list.add(Operator(name("hard_swish"), vectorFLOPs: VectorWork.hardSwish * rows * width, kernel: .activation, reading: rows * width, writing: rows * width, holding: waiting))
    list.add(.averagePooling(name("squeeze"), inputPixels: rows, outputPixels: images, channels: width))
    list.add(matmul("squeeze_down", rows: images, inner: width, columns: squeezed, bias: true, holding: held))
    list.add(.activation(name("squeeze_activation"), .relu, elements: images * squeezed, holding: held))
    list.add(matmul("squeeze_up", rows: images, inner: squeezed, columns: width, bias: true, holding: held))
    list.add(Operator(name("hard_sigmoid"), vectorFLOPs: VectorWork.hardSigmoid * images * width, kernel: .activation, reading: images * width, writing: images * width, holding: held))
    list.add(Operator(name("excitation"), vectorFLOPs: VectorWork.scale * rows * width, reading: (rows + images) * width, writing: rows * width, holding: waiting))
    list.add(matmul("pointwise", rows: rows, inner: width, columns: width, bias: false, holding: waiting))
    list.add(.normalization(name("post_norm"), .layer, rows: rows, width: width, holding: waiting))
    if hasResidual { list.add(.sum(name("residual"), elements: rows * width)) }
  }
}
