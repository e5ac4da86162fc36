internal import Operators

/// What makes another number of tokens of an encoder's, as part of a connector.
package enum TokenCompressor: Sendable, Hashable {
  /// A transformer of learned queries (BLIP-2), before the connector's products.
  case queryFormer(QueryFormer)
  /// Queries in front of the tokens in an encoder's layers (LLaMA-Adapter V2), before the products.
  case queryEncoder(QueryEncoder)
  /// Latents that read the tokens layer by layer (IDEFICS), before the products.
  case perceiver(Perceiver)
  /// Queries that attend to the tokens once (Qwen-VL), before the products.
  case resampler(Resampler)
  /// Convolutions over the grid of tokens (MobileVLM), after the products.
  case downsampler(Downsampler)
  /// Queries or means over all frames of a video, before the products.
  case film(FilmCompressor)

  /// How many tokens it learned to leave of an image and how wide they are; nil where the grid's size decides.
  private var learned: (tokens: Int, width: Int)? {
    switch self {
    case .queryFormer(let former): (former.queries, former.width)
    case .queryEncoder(let encoder): (encoder.queries, encoder.block.width)
    case .perceiver(let perceiver): (perceiver.latents, perceiver.width)
    case .resampler(let resampler): (resampler.queries, resampler.width)
    case .downsampler, .film: nil
    }
  }

  /// Whether it stands after the connector's products.
  var isLast: Bool {
    if case .downsampler = self { return true }
    return false
  }

  /// Images that it makes its tokens of, all together.
  package var imagesTogether: Int {
    if case .film(let film) = self { return film.frames }
    return 1
  }

  /// Width of the tokens that it leaves, where it stands before the products.
  package var outputWidth: Int? {
    if case .film(let film) = self { return film.width }
    return learned?.width
  }

  /// Whether it knows every patch by its place, so that no class token may stand before them.
  package var needsGrid: Bool {
    switch self {
    case .queryFormer, .queryEncoder, .perceiver, .film: false
    case .resampler, .downsampler: true
    }
  }

  /// What it is called in errors.
  package var name: String {
    switch self {
    case .queryFormer: "Q-Former"
    case .queryEncoder: "query encoder"
    case .perceiver: "perceiver"
    case .resampler: "resampler"
    case .downsampler: "downsampler"
    case .film: "connector"
    }
  }

  /// Tokens that it leaves of an image, of which an encoder gives it so many, or of a video.
  package func tokens(of vision: MultimodalModel.Vision) -> Int {
    if case .film(let film) = self { return film.tokens(ofFrames: vision.tokensPerTile) }
    let encoder = vision.encoder
    guard case .downsampler(let downsampler) = self else { return learned?.tokens ?? 0 }
    let grid = downsampler.grid(of: encoder.patchGrid)
    return grid.rows * grid.columns
  }

  /// All parameters.
  var parameters: Parameters {
    switch self {
    case .queryFormer(let former): former.parameters
    case .queryEncoder(let encoder): encoder.parameters
    case .perceiver(let perceiver): perceiver.parameters
    case .resampler(let resampler): resampler.parameters
    case .downsampler(let downsampler): downsampler.parameters
    case .film(let film): film.parameters
    }
  }

  /// Adds the operators over `images` images of `tokens` tokens (`grid` says how they lie), with `text` tokens each.
  func append(
    images: Double, tokens: Double, grid: PatchGrid, text: Double, kernels: Accounting.Kernels,
    to list: inout OperatorList
  ) {
    switch self {
    case .queryFormer(let former):
      former.append(images: images, tokens: tokens, text: text, kernels: kernels, to: &list)
    case .queryEncoder(let encoder): encoder.append(images: images, tokens: tokens, kernels: kernels, to: &list)
    case .perceiver(let perceiver): perceiver.append(images: images, tokens: tokens, kernels: kernels, to: &list)
    case .resampler(let resampler): resampler.append(images: images, tokens: tokens, kernels: kernels, to: &list)
    case .downsampler(let downsampler): downsampler.append(images: images, grid: grid, to: &list)
    case .film(let film): film.append(images: images, tokens: tokens, text: text, kernels: kernels, to: &list)
    }
  }

  /// Why fewer tokens before it make no sense, as the rest of a sentence that begins with the model's name.
  var obstacle: String {
    if case .film = self { return "connector makes its tokens of all frames together" }
    guard let learned else { return "connector convolves the whole grid of patches, which needs all of them" }
    return
      "\(name) makes \(learned.tokens) tokens of however many it reads, so that fewer before it leave the language "
      + "model's work as it is"
  }
}
