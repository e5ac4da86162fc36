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

  /// Whether it knows every patch by its place, so that no class token may stand before them.
  var needsGrid: Bool {
    switch self {
    case .queryFormer, .perceiver: false
    case .resampler, .downsampler: true
    }
  }

  /// What it is called in errors.
  var name: String {
    switch self {
    case .queryFormer: "Q-Former"
    case .perceiver: "perceiver"
    case .resampler: "resampler"
    case .downsampler: "downsampler"
    }
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
  var parameters: Parameters {
    switch self {
    case .queryFormer(let former): former.parameters
    case .perceiver(let perceiver): perceiver.parameters
    case .resampler(let resampler): resampler.parameters
    case .downsampler(let downsampler): downsampler.parameters
    }
  }

  /// Adds the operators over `images` images of `tokens` tokens (`grid` says how they lie), with `text` tokens each.
  func append(
    images: Double, tokens: Double, grid: PatchGrid, text: Double, kernels: Kernels, to list: inout OperatorList
  ) {
    switch self {
    case .queryFormer(let former):
      former.append(images: images, tokens: tokens, text: text, kernels: kernels, to: &list)
    case .perceiver(let perceiver): perceiver.append(images: images, tokens: tokens, kernels: kernels, to: &list)
    case .resampler(let resampler): resampler.append(images: images, tokens: tokens, kernels: kernels, to: &list)
    case .downsampler(let downsampler): downsampler.append(images: images, grid: grid, to: &list)
    }
  }

  /// Why fewer tokens before it make no sense, as the rest of a sentence that begins with the model's name.
  var obstacle: String {
    let fixed = "of however many it reads, so that fewer before it leave the language model's work as it is"
    return switch self {
    case .queryFormer(let former): "\(name) makes \(former.queries) tokens \(fixed)"
    case .perceiver(let perceiver): "\(name) makes \(perceiver.latents) tokens \(fixed)"
    case .resampler(let resampler): "\(name) makes \(resampler.queries) tokens \(fixed)"
    case .downsampler: "connector convolves the whole grid of patches, which needs all of them"
    }
  }
}
