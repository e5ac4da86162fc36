public import Operators
public import Quantities

/// A model: a language model, a vision encoder, or both with a connector between them.
public struct MultimodalModel: Sendable, Hashable {
  /// The vision encoder of a multimodal model and how much of it is used.
  package struct Vision: Sendable, Hashable {
    /// The whole encoder.
    package var encoder: VisionEncoder
    /// Layers that run; LLaVA reads the output of layer 23 of 24.
    package var layersUsed: Int
    /// Tokens of an image that the connector does not get: the class token, where it is dropped.
    package var droppedTokens: Int

    /// What the size of an image changes; nil where all images are scaled to the encoder's.
    package var resolution: Resolution?
    /// The size that an image is taken to have, where it matters.
    package var image: ImageSize?
    /// The most pixels that a request says images are scaled to; nil for the model's own limit.
    package internal(set) var mostPixels: Int?
    /// Frames of a video that is read in place of an image; nil for an image.
    package private(set) var frames: Int?
    /// Tokens of a frame, where a video's are fewer than an image's (LLaVA-OneVision pools them).
    package var tokensPerFrame: Int?
    /// Tokens behind the last frame of a video.
    package var tokensPerVideo = 0
    /// The other pictures of a request, where there are several.
    package var others: [Vision] = []
    /// Encoders of this shape that are resident: two where still images have one of their own (Video-LLaVA).
    package var copies = 1
    /// Tiles of one image that pass the encoder.
    package private(set) var tiles = 1
    /// Tokens that one image puts before the language model, where they are not those of the encoder.
    package var packedTokens: Int?
    /// Those of them that are no patches and pass no connector: ends of rows.
    package private(set) var separators = 0

    /// The first `layersUsed` layers of an encoder. Unless stated, a class token is dropped.
    package init(encoder: VisionEncoder, layersUsed: Int, droppedTokens: Int? = nil) {
      self.encoder = encoder
      self.layersUsed = layersUsed
      self.droppedTokens = droppedTokens ?? (encoder.classToken ? 1 : 0)
    }

    /// The parameters of all encoders.
    package var parameters: Parameters { encoder.parameters * copies }

    /// Sequences of the encoder that one image makes; those that hold several tiles are filled up.
    var sequencesPerImage: Int {
      let tiles = max(1, encoder.tilesOfSequence)
      return (self.tiles + tiles - 1) / tiles
    }

    /// Tokens of one tile that go on to the connector.
    package var tokensPerTile: Int { max(0, encoder.tokens - droppedTokens) / max(1, encoder.tilesOfSequence) }
    /// Tokens of one tile behind a connector that makes one of so many neighbours: where a square of them does not divide the
    /// grid, it is filled up to whole ones (DeepSeek-VL2).
    package func cellsPerTile(merging count: Int) -> Int {
      let side = Int(Double(count).squareRoot())
      guard side * side == count, tokensPerTile == encoder.patches else { return tokensPerTile / max(1, count) }
      let grid = encoder.patchGrid
      return ((grid.rows + side - 1) / side) * ((grid.columns + side - 1) / side)
    }
    /// Tokens that one image puts before the language model, nothing being reduced.
    package var tokensPerImage: Int { packedTokens ?? tokensPerTile }

    /// All pictures of a request.
    package var pictures: [Vision] { [self] + others }

    /// Reads a video of so many frames, each of a size or of the encoder's, in place of an image. Frames that one patch
    /// covers are encoded together; no frame is cut into tiles.
    ///
    /// - Returns: false if its frames are too narrow, or make too many tokens.
    package mutating func film(_ count: Int, of image: ImageSize?) -> Bool {
      let groups = (count + encoder.framesPerPatch - 1) / encoder.framesPerPatch
      var perFrame = tokensPerFrame ?? tokensPerImage
      switch resolution {
      case .native(let native):
        let image = image ?? self.image ?? ImageSize(width: encoder.imageSize, height: encoder.imageSize)
        guard let plan = native.ofVideo(count).plan(for: image, patchSize: encoder.patchSize) else { return false }
        (encoder.grid, perFrame, self.image) = (plan.grid, plan.tokens, image)
      case .rows:
        guard let image = image ?? self.image, resize(to: image) else { return false }
        perFrame = tokensPerImage
      case .canvas(let canvas): perFrame = canvas.tokensPerTile
      // Models that scale images by their sides resample them, and read no videos.
      case .tiles, .sides, nil: break
      }
      let (tokens, overflow) = groups.multipliedReportingOverflow(by: perFrame)
      guard !overflow, (1...Workload.tokenLimit - tokensPerVideo).contains(tokens) else { return false }
      separators = (resolution?.endsRows == true ? separators * groups : 0) + tokensPerVideo
      (tiles, packedTokens, frames) = (groups, tokens + tokensPerVideo, count)
      return true
    }

    /// Takes images to have a size.
    ///
    /// - Returns: false if the size makes no difference, is too narrow or too large.
    package mutating func resize(to image: ImageSize) -> Bool {
      guard let plan = resolution?.plan(for: image, encoder), (1...Workload.tokenLimit).contains(plan.tokens) else {
        return false
      }
      tiles = plan.tiles
      packedTokens = plan.tokens
      separators = plan.separators
      if let grid = plan.grid { encoder.grid = grid }
      self.image = image
      return true
    }
  }

  /// The catalog name, for example `llava-1.5-7b`.
  public var name: String
  /// The name in full.
  public var title: String
  /// Other names that the catalog knows it by.
  public var aliases: [String] = []
  /// The vision encoder; nil for a language model alone.
  package var vision: Vision?
  /// What lies between vision encoder and language model.
  package var connector: Connector?
  /// The language model; nil for a vision encoder alone.
  package var language: LanguageModel?
  /// Images of a usual request: more than one for models of videos.
  public var images = 1
  /// The format in which its checkpoint is stored, where its configuration states one.
  package var checkpoint: Checkpoint?
  /// Where the figures come from, by part.
  package var sources: [Source] = []
  /// What a reader of any estimate should know of the model.
  public var notes: [String] = []

  /// Where the figures of a part come from.
  package struct Source: Sendable, Hashable {
    /// The part, for example `language`.
    package var part: String
    /// Title, place and date, so that a reader can look it up.
    package var text: String
    /// Keys that a configuration lacks and whose defaults in transformers decide the part's size.
    package var assumed: [String] = []

    /// A source of a part.
    package init(part: String, text: String, assumed: [String] = []) {
      (self.part, self.text, self.assumed) = (part, text, assumed)
    }
  }

  /// A model of the given parts; one of vision and language is there, and a connector only between them.
  package init(
    name: String, title: String, vision: Vision? = nil, connector: Connector? = nil, language: LanguageModel? = nil
  ) {
    self.name = name
    self.title = title
    self.vision = vision
    self.connector = connector
    self.language = language
  }

  /// The parameters of all parts.
  package var parameters: Parameters {
    (vision?.parameters ?? Parameters()) + (connector?.parameters ?? Parameters())
      + (language?.parameters ?? Parameters())
  }

  /// How many parameters all parts have together.
  public var parameterCount: Double { parameters.count }

  /// Bytes of all weights at a precision; all of them are resident, those of unused encoder layers too. Those of a
  /// checkpoint whose files are at hand are the files'.
  public func weightBytes(at precision: Precision) -> Bytes {
    if precision.isCheckpoint, let stored = checkpoint?.stored { return Bytes(Double(stored.bytes)) }
    return Bytes(parameters.bytes(at: precision))
  }

  /// Visual tokens of one image, or of all pictures of a request where it has several, before any reduction; nil without a
  /// vision encoder.
  public var tokensPerImage: Int? {
    guard let vision else { return nil }
    return vision.others.reduce(vision.tokensPerImage) { $0 + $1.tokensPerImage }
  }

  /// Visual tokens of a usual request before any reduction, or nil without a vision encoder.
  public var visualTokens: Int? { tokensPerImage.map { $0 * images } }

  /// How many images (or tiles) it takes to make so many visual tokens: at least one.
  public func images(for visualTokens: Int) -> Int {
    guard let tokensPerImage else { return 0 }
    return visualTokens <= 0 ? 1 : (visualTokens - 1) / max(1, tokensPerImage) + 1
  }
}
