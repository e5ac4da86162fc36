package import Architectures
package import Documents
package import Estimation
package import Questions
internal import Reduction
package import ReductionMethods

/// What many pictures cost: each gets the study that it would get alone, and all together a summary.
package struct ImageSurvey: Sendable {
  /// What is asked of every picture.
  package struct Request: Sendable {
    /// The model that reads it.
    package var model: MultimodalModel
    /// Where and how the model runs; what it reads is the picture's.
    package var study: Study
    /// What makes its tokens fewer; each is compared with all of its tokens.
    package var chains: [ReducerChain]

    /// A request of one model, where and how a study has it.
    package init(_ model: MultimodalModel, _ study: Study, chains: [ReducerChain]) {
      self.model = model
      self.study = study
      self.chains = chains
    }
  }

  /// What a picture gives a model to read.
  package struct Inputs: Sendable {
    /// The model, reading pictures of this size.
    package var model: MultimodalModel
    /// All tokens, then what each chain leaves of them.
    package var visualInputs: [VisualInput]
    /// What the user should know of the picture.
    package var notes: [String]
  }

  /// What is asked.
  package let request: Request
  private var prices = SurveyPrices()
  /// What came out so far.
  package private(set) var summary = SurveySummary()

  /// A survey without pictures yet.
  ///
  /// - Throws: `Diagnostic` if a chain cannot work in the model whatever the pictures show.
  package init(_ request: Request) throws(Diagnostic) {
    self.request = request
    for chain in request.chains where chain.features != nil || chain.encoder != nil {
      if let obstacle = chain.encoder == nil ? request.model.pictureObstacle : request.model.reductionObstacle {
        throw Diagnostic("\(chain.name) cannot work here: \(obstacle)")
      }
    }
  }
}

extension ImageSurvey.Request {
  /// Whether somebody must look at what is in a picture.
  package var looksAtPictures: Bool { model.vision == nil || chains.contains(where: \.looksAtPictures) }

  /// What a picture gives the model to read; all chains run now.
  ///
  /// - Throws: `Diagnostic` if the picture is too narrow for the model, or a chain cannot work on it.
  package func inputs(of photograph: Photograph) throws(Diagnostic) -> ImageSurvey.Inputs {
    var model = model.vision?.resolution == nil ? model : try model.reading(images: photograph.size)
    if let frames = photograph.frames { model = try model.reading(frames: frames) }
    let tokens = if let tokens = model.visualTokens { tokens } else { try photograph.patches() }
    var inputs = [VisualInput.tokens(tokens)]
    for chain in chains { inputs.append(try photograph.input(of: chain, in: model)) }
    return ImageSurvey.Inputs(model: model, visualInputs: inputs, notes: photograph.notes)
  }
}

extension ImageSurvey {
  /// Takes in a picture; its rows are those that it would have alone.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does.
  package mutating func add(_ inputs: Inputs, of path: String) throws(Diagnostic) -> [Study.Row] {
    let rows = try prices.rows(of: inputs, of: path, request)
    summary.add(rows, notes: inputs.notes)
    return rows
  }
}
