package import Architectures
public import Documents
package import Encoding
package import Estimation
internal import Images
public import Reduction
public import ReductionMethods

extension Photograph {
  /// Runs a method inside the encoder.
  ///
  /// - Throws: `Diagnostic` if the picture cannot be prepared, or pixels or weights are not sound.
  package func reduced(inEncoderBy reducer: any InEncoderReducer) throws(Diagnostic) -> EncoderReduction {
    guard let tower = runner.tower else {
      throw Diagnostic(file: path, "no encoder was given to run \(reducer.name) in")
    }
    return try tower.reduce(towerPixels(), name: path, by: reducer)
  }

  /// What a method leaves of the picture's tokens: inside the encoder where it can run there, else of its features.
  ///
  /// - Throws: `Diagnostic` if the method works inside a language model, does not suit the encoder, or as above.
  package func reduced(by method: any ReductionMethod) throws(Diagnostic) -> ReducedTokens {
    if let reducer = method as? any InEncoderReducer { return try reduced(inEncoderBy: reducer).result }
    guard let reducer = method as? any TokenReducer else {
      throw Diagnostic("\(method.name) works inside the language model; there are no features that it reduces")
    }
    return try reducer.reduce(features())
  }

  /// What a chain of methods leaves of the picture in a model.
  ///
  /// A method that can run inside the encoder does; one that needs training there has the tokens that it plans.
  /// - Throws: `Diagnostic` if the model lacks the part that a method works in, reads another layer than runs, or a
  ///   method does not suit it.
  package func input(of chain: ReducerChain, in model: MultimodalModel) throws(Diagnostic) -> VisualInput {
    guard let reducer = chain.encoder as? any InEncoderReducer, let vision = model.vision else {
      return try .reduced(by: chain, in: model) { () throws(Diagnostic) in try features() }
    }
    guard vision.layersUsed == vision.encoder.layers - 1 else {
      throw Diagnostic(
        "\(reducer.name) runs up to the penultimate layer of an encoder; \(model.name) reads layer "
          + "\(vision.layersUsed) of \(vision.encoder.layers)")
    }
    let reduction = try reduced(inEncoderBy: reducer)
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
    self = try Photograph(path, for: ImageRunner(ImageEncoder(encoder))).features()
  }
}

extension Photograph {
  /// The patches that the encoder cuts a picture into.
  ///
  /// - Throws: `Diagnostic` without an encoder.
  func patches() throws(Diagnostic) -> Int {
    guard let encoder = runner.encoder else {
      throw Diagnostic(file: path, "no encoder was given that would say how many patches there are")
    }
    return encoder.tower.encoder.patches
  }
}
