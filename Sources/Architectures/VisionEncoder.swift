package import Operators

/// A vision transformer over square patches, as CLIP's: patch and position embedding, norms, layers.
package struct VisionEncoder: Sendable, Hashable {
  /// Pixels along a side of the (square) image.
  package var imageSize: Int
  /// Pixels along a side of a patch.
  package var patchSize: Int
  /// Colours of a pixel.
  package var channels: Int
  /// Layers of the stack.
  package var layers: Int
  /// The layer that is stacked.
  package var block: TransformerBlock
  /// Whether a class token stands before the patches.
  package var classToken: Bool
  /// Whether a norm stands before the first layer (CLIP's).
  package var preNorm: Bool
  /// Whether the patch embedding has a bias (SigLIP's).
  package var patchBias = false
  /// Patches down and across, where an image need not be square; nil for as many as `imageSize` makes.
  package var grid: PatchGrid?
  /// Frames that one patch covers; an image is repeated (Qwen2-VL).
  package var framesPerPatch = 1
  /// Whether every position has an embedding of its own.
  package var learnedPositions = true
  /// Rows of the table of positions, where it is stretched to the grid beforehand; nil for one of every token.
  package var storedPositions: Int?
  /// Whether the last norm works on all tokens although there is a class token; CLIP's works on that alone.
  package var normsAllTokens = false
  /// Whether a norm stands after the last layer.
  package var postNorm = true
  /// Whether one query pools all tokens by attention after the last norm (SigLIP's).
  package var poolingHead = false
  /// The product of an image's vectors that stands at the end, if one does.
  package var lastProduct: LastProduct?
  /// Attention within windows of the grid in some of the layers (Qwen2.5-VL).
  package var windows: WindowedLayers?
  /// Layers of another kind behind the others, all of which run where all of those do (Llama 3.2 Vision).
  package var globalLayers: LayerStack?
  /// Tiles that attend to each other as one sequence.
  package var tilesOfSequence = 1
  /// A tile's tokens are padded to a multiple of this.
  package var tokenMultiple = 1
  /// Parameters of tables that no operator reads whole: positions of tiles.
  package var otherParameters = 0

  /// An encoder of square images in square patches; `imageSize / patchSize` is at least 1.
  package init(
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
  package var gridSize: Int { imageSize / max(1, patchSize) }
  /// Patches of one image.
  package var patches: Int { grid.map { $0.rows * $0.columns } ?? gridSize * gridSize }
  /// How the patches lie.
  package var patchGrid: PatchGrid { grid ?? PatchGrid(rows: gridSize, columns: gridSize) }
  /// Tokens of one image inside the encoder.
  package var tokens: Int {
    let tile = patches + (classToken ? 1 : 0)
    return (tile + tokenMultiple - 1) / tokenMultiple * tokenMultiple * tilesOfSequence
  }
  private var patchElements: Int { channels * framesPerPatch * patchSize * patchSize }

  /// All parameters, the norm after the last layer included: the weights of a forward pass and the learned positions,
  /// class token and query, of which it reads as many as an image has.
  package var parameters: Parameters {
    let stored = storedPositions ?? patches + (classToken ? 1 : 0)
    let positions = (learnedPositions ? stored : 0) + (classToken ? 1 : 0) + (poolingHead ? 1 : 0)
    return Parameters { append(images: 1, layersUsed: layers, kernels: .fused, schedule: nil, to: &$0) }
      + Parameters(plain: Double(positions) * Double(block.width) + Double(otherParameters))
  }

  /// The operators of one forward pass over `images` images, equal layers as one with a repeat count.
  ///
  /// `layersUsed` says how many layers run; where it is not all of them, the norm after the last one does not run
  /// either, as nothing reads it. `schedule` gives the tokens of one image in each layer, class token included; without
  /// one all of them pass every layer.
  package func forward(
    images: Int, layersUsed: Int, kernels: Accounting.Kernels, schedule: TokenSchedule? = nil
  ) -> [Operator] {
    OperatorList.of {
      append(images: images, layersUsed: layersUsed, kernels: kernels, schedule: schedule, to: &$0)
    }.merged
  }

  private func append(
    images: Int, layersUsed: Int, kernels: Accounting.Kernels, schedule: TokenSchedule?, to list: inout OperatorList
  ) {
    let width = Double(block.width)
    let count = Double(images)
    let schedule = schedule ?? TokenSchedule(tokens)
    appendEmbedding(images: count, kernels, to: &list)
    let windowed = min(windows?.layers ?? 0, layersUsed)
    if let windows, windowed > 0 {
      let shapes = BlockShapes(block: block, images: count, windows: windows.sizes(patchGrid))
      shapes.append(layers: windowed, isFirst: true, kernels: kernels, to: &list)
    }
    block.append(
      layers: layersUsed - windowed, schedule: schedule, images: count, kernels: kernels, isFirst: windowed == 0,
      to: &list)
    if layersUsed == layers {
      for run in globalLayers?.runs ?? [] {
        run.block.append(
          layers: run.layers, schedule: TokenSchedule(schedule.leaving(layers: layersUsed)), images: count,
          kernels: kernels, isFirst: false, to: &list)
      }
    }
    let leaving = count * Double(schedule.leaving(layers: layersUsed))
    if kernels == .fused { list.add(.sum("residual", elements: leaving * width)) }
    // CLIP applies its last norm to the class token alone.
    if layersUsed == layers, postNorm {
      let normed = classToken && !normsAllTokens ? count : leaving
      list.add(
        .normalization("post_norm", block.norm, rows: normed, width: width, holding: (leaving - normed) * width))
      if poolingHead { appendPooling(images: count, rows: leaving, kernels, to: &list) }
      if let lastProduct { lastProduct.append(images: count, width: width, to: &list) }
    }
  }

  /// What makes tokens of patches.
  private func appendEmbedding(images count: Double, _ kernels: Accounting.Kernels, to list: inout OperatorList) {
    let width = Double(block.width)
    // A convolution whose stride is its kernel: a product of patches with the flattened kernel.
    list.add(
      .matmul(
        "patch_embedding", rows: count * Double(patches * tilesOfSequence), inner: Double(patchElements),
        columns: width, bias: patchBias,
        quantized: false))
    if learnedPositions {
      list.add(
        .positionEmbedding(
          "position_embedding", images: count, patches: Double(patches * tilesOfSequence), positions: Double(tokens),
          width: width))
    }
    if preNorm { list.add(.normalization("pre_norm", block.norm, rows: count * Double(tokens), width: width)) }
    if tilesOfSequence > 1, kernels == .eager {
      // What hides padding is the outer product of a mark for every token, as transformers makes it.
      let pairs = count * Double(tokens) * Double(tokens)
      list.add(Operator("mask", flops: 2 * pairs, reading: count * Double(tokens), writing: pairs))
    }
  }
}

extension TransformerBlock {
  /// The operators of a stack of such layers over images under a token schedule; others come before it unless `isFirst`.
  package func append(
    layers: Int, schedule: TokenSchedule, images: Double, kernels: Accounting.Kernels, isFirst: Bool = true,
    to list: inout OperatorList
  ) {
    for (index, run) in schedule.runs(layers: layers).enumerated() {
      let entering = BlockShapes(block: self, images: images, tokens: Double(run.tokens))
      let rows = images * Double(run.leaving)
      entering.append(
        layers: run.layers, leaving: entering.leaving(rows: rows, allRows: rows), isFirst: isFirst && index == 0,
        kernels: kernels, to: &list)
    }
  }
}
