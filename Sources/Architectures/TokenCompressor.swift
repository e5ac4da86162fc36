internal import Operators

/// What makes another number of tokens of an encoder's, as part of a connector.
public enum TokenCompressor: Sendable, Hashable {
  /// A transformer of learned queries (BLIP-2), before the connector's products.
  case queryFormer(QueryFormer)
  /// Latents that read the tokens layer by layer (IDEFICS), before the products.
  case perceiver(Perceiver)
  /// Queries that attend to the tokens once (Qwen-VL), before the products.
  case resampler(Resampler)
  /// Convolutions over the grid of tokens (MobileVLM), after the products.
  case downsampler(Downsampler)

  /// Whether it stands after the connector's products.
  var isLast: Bool {
    if case .downsampler = self { return true }
    return false
  }

  /// Width of the tokens that it leaves, where it stands before the products.
  var outputWidth: Int? {
    switch self {
    case .queryFormer(let former): former.width
    case .perceiver(let perceiver): perceiver.width
    case .resampler(let resampler): resampler.width
    case .downsampler: nil
    }
  }

  /// Tokens that it leaves of an image.
  func tokens(of encoder: VisionEncoder) -> Int {
    switch self {
    case .queryFormer(let former): return former.queries
    case .perceiver(let perceiver): return perceiver.latents
    case .resampler(let resampler): return resampler.queries
    case .downsampler(let downsampler):
      let grid = downsampler.grid(of: encoder.patchGrid)
      return grid.rows * grid.columns
    }
  }

  /// All parameters.
  var parameters: ParameterGroup {
    switch self {
    case .queryFormer(let former): former.parameters
    case .perceiver(let perceiver): perceiver.parameters
    case .resampler(let resampler): resampler.parameters
    case .downsampler(let downsampler): downsampler.parameters
    }
  }

  /// The operators over `images` images of `tokens` tokens (`grid` says how they lie), with `text` tokens each.
  func operators(images: Double, tokens: Double, grid: PatchGrid, text: Double, kernels: Kernels) -> [Operator] {
    switch self {
    case .queryFormer(let former):
      former.operators(images: images, tokens: tokens, text: text, kernels: kernels)
    case .perceiver(let perceiver): perceiver.operators(images: images, tokens: tokens, kernels: kernels)
    case .resampler(let resampler): resampler.operators(images: images, tokens: tokens, kernels: kernels)
    case .downsampler(let downsampler): downsampler.operators(images: images, grid: grid)
    }
  }

  /// Why fewer tokens before it make no sense, as the rest of a sentence that begins with the model's name.
  var obstacle: String {
    let fixed = "of however many it reads, so that fewer before it leave the language model's work as it is"
    return switch self {
    case .queryFormer(let former): "Q-Former makes \(former.queries) tokens \(fixed)"
    case .perceiver(let perceiver): "perceiver makes \(perceiver.latents) tokens \(fixed)"
    case .resampler(let resampler): "resampler makes \(resampler.queries) tokens \(fixed)"
    case .downsampler: "connector convolves the whole grid of patches, which needs all of them"
    }
  }
}
