internal import Operators

/// What makes a grid of fewer tokens of the connector's output by convolutions: the lightweight downsample projectors
/// of MobileVLM.
///
/// Source: mobilevlm/model/vision_projector.py of github.com/Meituan-AutoML/MobileVLM, commit 688fdec.
public struct Downsampler: Sendable, Hashable {
  /// The versions of it.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Two inverted residual blocks of MobileNet V3 with layer norms; the second halves the grid.
    case ldp
    /// Average pooling to 12 x 12 and a convolution that adds to its input (MobileVLM V2).
    case ldpV2 = "ldp_v2"
  }

  /// Which one it is.
  public var kind: Kind
  /// Channels, which are the language model's width.
  public var width: Int

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
  var parameters: ParameterGroup {
    let width = Double(width)
    let depthwise = Self.kernelSize * Self.kernelSize * width
    let count =
      switch kind {
      case .ldp:
        2 * (depthwise + 2 * width + 2 * width * squeezed + squeezed + width + width * width + 2 * width)
      case .ldpV2: depthwise + width
      }
    return ParameterGroup("downsampler", count, quantized: false)
  }

  /// The operators over `images` images whose tokens lie in a grid.
  func operators(images: Double, grid: PatchGrid) -> [Operator] {
    let before = Double(grid.rows) * Double(grid.columns)
    let small = self.grid(of: grid)
    let after = Double(small.rows) * Double(small.columns)
    let width = Double(width)
    switch kind {
    case .ldp:
      return block("downsampler.1", images: images, before: before, after: before, hasResidual: true)
        + block("downsampler.2", images: images, before: before, after: after, hasResidual: false)
    case .ldpV2:
      return [
        .averagePooling(
          "downsampler.pooling", inputPixels: images * before, outputPixels: images * after, channels: width),
        .depthwiseConvolution(
          "downsampler.depthwise", inputPixels: images * after, outputPixels: images * after, channels: width,
          kernelSize: Self.kernelSize, bias: true),
        .sum("downsampler.residual", elements: images * after * width),
      ]
    }
  }

  /// An inverted residual block without expansion: depthwise convolution, squeeze and excitation, product of channels.
  // swift-format-ignore
  private func block(_ name: String, images: Double, before: Double, after: Double, hasResidual: Bool) -> [Operator] {
    let width = Double(width)
    let rows = images * after
    let waiting = hasResidual ? images * before * width : 0
    func matmul(_ step: String, rows: Double, inner: Double, columns: Double, bias: Bool, holding: Double) -> Operator {
      .matmul("\(name).\(step)", rows: rows, inner: inner, columns: columns, bias: bias, quantized: false, holding: holding)
    }
    let held = waiting + rows * width
    return [
      .depthwiseConvolution("\(name).depthwise", inputPixels: images * before, outputPixels: rows, channels: width, kernelSize: Self.kernelSize, bias: false),
      .normalization("\(name).norm", .layer, rows: rows, width: width, holding: waiting),
      Operator("\(name).hard_swish", vectorFLOPs: VectorWork.hardSwish * rows * width, kernel: .activation, operands: [.reads(rows * width), .writes(rows * width)], holding: waiting),
      .averagePooling("\(name).squeeze", inputPixels: rows, outputPixels: images, channels: width),
      matmul("squeeze_down", rows: images, inner: width, columns: squeezed, bias: true, holding: held),
      .activation("\(name).squeeze_activation", .relu, elements: images * squeezed, holding: held),
      matmul("squeeze_up", rows: images, inner: squeezed, columns: width, bias: true, holding: held),
      Operator("\(name).hard_sigmoid", vectorFLOPs: VectorWork.hardSigmoid * images * width, kernel: .activation, operands: [.reads(images * width), .writes(images * width)], holding: held),
      Operator("\(name).excitation", vectorFLOPs: VectorWork.scale * rows * width, operands: [.reads((rows + images) * width), .writes(rows * width)], holding: waiting),
      matmul("pointwise", rows: rows, inner: width, columns: width, bias: false, holding: waiting),
      .normalization("\(name).post_norm", .layer, rows: rows, width: width, holding: waiting),
    ]
    + (hasResidual ? [.sum("\(name).residual", elements: rows * width)] : [])
  }
}
