public import Operators

/// A vision transformer over square patches, as CLIP's: patch and position embedding, norms, layers.
public struct VisionEncoder: Sendable, Hashable {
  /// Pixels along a side of the (square) image.
  public var imageSize: Int
  /// Pixels along a side of a patch.
  public var patchSize: Int
  /// Colours of a pixel.
  public var channels: Int
  /// Layers of the stack.
  public var layers: Int
  /// The layer that is stacked.
  public var block: TransformerBlock
  /// Whether a class token stands before the patches.
  public var classToken: Bool
  /// Whether a norm stands before the first layer (CLIP's).
  public var preNorm: Bool
  /// Whether the patch embedding has a bias (SigLIP's).
  public var patchBias = false
  /// Patches down and across, where an image need not be square; nil for as many as `imageSize` makes.
  public var grid: PatchGrid?
  /// Frames that one patch covers; an image is repeated (Qwen2-VL).
  public var framesPerPatch = 1
  /// Whether every position has an embedding of its own.
  public var learnedPositions = true
  /// Rows of the table of positions, where it is stretched to the grid beforehand; nil for one of every token.
  public var storedPositions: Int?
  /// Whether the last norm works on all tokens although there is a class token; CLIP's works on that alone.
  public var normsAllTokens = false
  /// Whether a norm stands after the last layer.
  public var postNorm = true
  /// Whether one query pools all tokens by attention after the last norm (SigLIP's).
  public var poolingHead = false

  /// An encoder of square images in square patches; `imageSize / patchSize` is at least 1.
  public init(
    imageSize: Int, patchSize: Int, channels: Int = 3, layers: Int, block: TransformerBlock, classToken: Bool = true,
    preNorm: Bool = true
  ) {
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.channels = channels
    self.layers = layers
    self.block = block
    self.classToken = classToken
    self.preNorm = preNorm
  }

  /// Patches along a side; a rest of the image at the right and lower edges is cut off, as a convolution does.
  public var gridSize: Int { imageSize / max(1, patchSize) }
  /// Patches of one image.
  public var patches: Int { grid.map { $0.rows * $0.columns } ?? gridSize * gridSize }
  /// How the patches lie.
  var patchGrid: PatchGrid { grid ?? PatchGrid(rows: gridSize, columns: gridSize) }
  /// Tokens of one image inside the encoder.
  public var tokens: Int { patches + (classToken ? 1 : 0) }
  private var patchElements: Int { channels * framesPerPatch * patchSize * patchSize }

  /// All parameters, the norm after the last layer included.
  public var parameters: [ParameterGroup] {
    let width = Double(block.width)
    let norm = block.norm.parametersPerChannel * width
    let positions = (learnedPositions ? storedPositions ?? tokens : 0) + (classToken ? 1 : 0)
    return [
      ParameterGroup("patch embedding", (Double(patchElements) + (patchBias ? 1 : 0)) * width, quantized: false),
      ParameterGroup("class and position embedding", Double(positions) * width, quantized: false),
      ParameterGroup("norms around the layers", ((preNorm ? 1 : 0) + (postNorm ? 1 : 0)) * norm, quantized: false),
    ] + block.parameters.map { $0.repeated(layers) } + (poolingHead ? [poolingParameters] : [])
  }

  /// The operators of so many layers within the stack.
  public func middleLayers(_ count: Int, images: Int, kernels: Kernels = .fused) -> [Operator] {
    block.operators(tokens: tokens, leaving: tokens, batch: images, kernels: kernels, isFirst: false).map {
      $0.repeated(count)
    }
    .filter { $0.repeatCount > 0 }
  }

  /// The operators of one forward pass over `images` images.
  ///
  /// `layersUsed` says how many layers run; where it is not all of them, the norm after the last one does not run
  /// either, as nothing reads it. `schedule` gives the tokens of one image in each layer, class token included; without
  /// one all of them pass every layer.
  public func forward(
    images: Int, layersUsed: Int, kernels: Kernels, schedule: TokenSchedule? = nil
  ) -> [Operator] {
    let width = Double(block.width)
    let count = Double(images)
    let schedule = schedule ?? TokenSchedule(tokens)
    let leaving = count * Double(schedule.leaving(layers: layersUsed))
    var operators: [Operator] = [
      .patchConvolution(
        "patch_embedding", patches: count * Double(patches), inner: Double(patchElements), columns: width,
        bias: patchBias)
    ]
    if learnedPositions {
      operators.append(
        .positionEmbedding(
          "position_embedding", images: count, patches: Double(patches), positions: Double(tokens), width: width))
    }
    if preNorm { operators.append(.normalization("pre_norm", block.norm, rows: count * Double(tokens), width: width)) }
    operators += block.stack(layers: layersUsed, schedule: schedule, batch: images, kernels: kernels)
    if kernels == .fused { operators.append(.sum("residual", elements: leaving * width)) }
    // CLIP applies its last norm to the class token alone.
    if layersUsed == layers, postNorm {
      let normed = classToken && !normsAllTokens ? count : leaving
      operators.append(
        .normalization("post_norm", block.norm, rows: normed, width: width, holding: (leaving - normed) * width))
      if poolingHead { operators += poolingOperators(images: count, rows: leaving, kernels) }
    }
    return operators
  }
}
