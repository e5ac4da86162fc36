package import Architectures
public import Documents
internal import Encoding
package import Estimation
internal import Images
public import Reduction
public import ReductionMethods

extension Photograph {
  /// What a method leaves of the picture's tokens, of one tile behind the other.
  ///
  /// - Throws: `Diagnostic` as `tilesReduced` does.
  package func reduced(by method: any ReductionMethod) throws(Diagnostic) -> ReducedTokens {
    ReducedTokens(joining: try tilesReduced(by: method))
  }

  /// What a method leaves of each tile, by itself: inside the encoder where it can run there, else of its features.
  ///
  /// - Throws: `Diagnostic` if the method works inside a language model, does not suit the encoder, the picture cannot be
  ///   prepared, or pixels or weights are not sound.
  func tilesReduced(by method: any ReductionMethod) throws(Diagnostic) -> [ReducedTokens.Tile] {
    if let reducer = method as? any InEncoderReducer {
      return try tilesReduced(inEncoderBy: reducer).map { ($0.result, $0.schedule.initial - 1) }
    }
    guard let reducer = method as? any TokenReducer else {
      throw Diagnostic("\(method.name) works inside the language model; there are no features that it reduces")
    }
    var tiles: [ReducedTokens.Tile] = []
    for features in try features() { tiles.append((try reducer.reduce(features), features.patches)) }
    return tiles
  }

  /// Runs a method inside the encoder, on one tile after the other.
  private func tilesReduced(inEncoderBy reducer: any InEncoderReducer) throws(Diagnostic) -> [EncoderReduction] {
    guard let tower = runner.tower else {
      throw Diagnostic(file: path, "no encoder was given to run \(reducer.name) in")
    }
    var tiles: [EncoderReduction] = []
    for pixels in try pixels().tiles { tiles.append(try tower.reduce(pixels, name: path, by: reducer)) }
    return tiles
  }

  /// What a chain of methods leaves of the picture in a model.
  ///
  /// A method that can run inside the encoder does; one that needs training there has the tokens that it plans.
  /// - Throws: `Diagnostic` if the model lacks the part that a method works in, reads another layer than runs, or a
  ///   method does not suit it.
  package func input(of chain: ReducerChain, in model: MultimodalModel) throws(Diagnostic) -> VisualInput {
    guard let reducer = chain.encoder as? any InEncoderReducer, let vision = model.vision else {
      guard let reducer = chain.features as? any TokenReducer else {
        return try .reduced(by: chain, in: model) { () throws(Diagnostic) in try onlyFeatures() }
      }
      return try .reduced(by: chain, in: model, tiles: try tilesReduced(by: reducer), of: path, width: try width())
    }
    guard vision.layersUsed == vision.encoder.layers - 1 else {
      throw Diagnostic(
        "\(reducer.name) runs up to the penultimate layer of an encoder; \(model.name) reads layer "
          + "\(vision.layersUsed) of \(vision.encoder.layers)")
    }
    let tiles = try tilesReduced(inEncoderBy: reducer)
    guard let reduction = tiles.first, tiles.count == 1 else { throw severalTiles(tiles.count) }
    let plan = EncoderPlan(
      tokens: reduction.schedule, visualTokens: reduction.result.count, note: reduction.result.note)
    return try .reduced(by: chain, in: model, running: plan, on: path)
  }
}

extension ReducerChain {
  /// Whether a picture must pass the encoder to know what the chain leaves of it.
  public var looksAtPictures: Bool { features != nil || encoder is any InEncoderReducer }
}

extension VisualFeatures {
  /// What an encoder says of the picture in a file.
  ///
  /// - Parameters:
  ///   - path: a JPEG or PNG.
  ///   - encoder: the folder of a Hugging Face model with a tower that runs here, or its name in the local hub cache.
  /// - Throws: `Diagnostic` if either cannot be read, or without OpenBLAS.
  public init(image path: String, encoder: String) throws(Diagnostic) {
    self = try Photograph(path, for: ImageRunner(ImageEncoder(encoder))).onlyFeatures()
  }
}

extension Photograph {
  /// The numbers of a key.
  private func width() throws(Diagnostic) -> Int { try encoded().first.keys.columns }

  /// What the encoder says of a picture that passes it whole.
  ///
  /// - Throws: `Diagnostic` as `features` does, and for a picture that is cut into tiles.
  package func onlyFeatures() throws(Diagnostic) -> VisualFeatures {
    let tiles = try features()
    guard let only = tiles.first, tiles.count == 1 else { throw severalTiles(tiles.count) }
    return only
  }

  private func severalTiles(_ count: Int) -> Diagnostic {
    Diagnostic(
      file: path,
      "passes the encoder in \(count) tiles, and one is looked at here; `roofline reduce --image` looks at all of them")
  }

  /// The patches that a method finds in a picture, all tiles together.
  ///
  /// - Throws: `Diagnostic` without an encoder, or as `pixels` and `features` do.
  func patches(for method: any ReductionMethod) throws(Diagnostic) -> Int {
    if method is any InEncoderReducer {
      return try pixels().tiles.reduce(0) { $0 + $1.frames * $1.grid.rows * $1.grid.columns }
    }
    return try encoded().patches
  }

  /// The patches of a picture's tile, for a model that does not say how many there are.
  ///
  /// - Throws: `Diagnostic` without an encoder.
  func patches() throws(Diagnostic) -> Int {
    guard let encoder = runner.encoder else {
      throw Diagnostic(file: path, "no encoder was given that would say how many patches there are")
    }
    return encoder.tower.encoder.patches
  }
}
