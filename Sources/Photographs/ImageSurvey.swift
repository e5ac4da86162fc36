public import Architectures
public import Documents
public import Estimation
public import Questions
internal import Reduction
public import ReductionMethods

/// What many pictures cost: each gets the study that it would get alone, and all together a summary.
public struct ImageSurvey: Sendable {
  /// What is asked of every picture.
  public struct Request: Sendable {
    /// The model that reads it.
    public var model: Model
    /// Where and how the model runs; what it reads is the picture's.
    public var study: Study
    /// What makes its tokens fewer; each is compared with all of its tokens.
    public var chains: [ReducerChain]

    /// A request of one model, where and how a study has it.
    public init(_ model: Model, _ study: Study, chains: [ReducerChain]) {
      self.model = model
      self.study = study
      self.chains = chains
    }
  }

  /// What a picture gives a model to read.
  public struct Inputs: Sendable {
    /// The model, reading pictures of this size.
    public var model: Model
    /// All tokens, then what each chain leaves of them.
    public var visualInputs: [VisualInput]
    /// What the user should know of the picture.
    public var notes: [String]
  }

  /// What is asked.
  public let request: Request
  private var prices = SurveyPrices()
  /// What came out so far.
  public private(set) var summary = SurveySummary()

  /// A survey without pictures yet.
  ///
  /// - Throws: `Diagnostic` if a chain cannot work in the model whatever the pictures show.
  public init(_ request: Request) throws(Diagnostic) {
    self.request = request
    for chain in request.chains where chain.features != nil || chain.encoder != nil {
      if let obstacle = request.model.reductionObstacle {
        throw Diagnostic("\(chain.name) cannot work here: \(obstacle)")
      }
    }
  }
}

extension ImageSurvey.Request {
  /// Whether somebody must look at what is in a picture.
  public var looksAtPictures: Bool { model.vision == nil || chains.contains(where: \.looksAtPictures) }

  /// What a picture gives the model to read; all chains run now.
  ///
  /// - Throws: `Diagnostic` if the picture is too narrow for the model, or a chain cannot work on it.
  public func inputs(of photograph: Photograph) throws(Diagnostic) -> ImageSurvey.Inputs {
    let model = model.vision?.resolution == nil ? model : try model.reading(images: photograph.size)
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
  public mutating func add(_ inputs: Inputs, of path: String) throws(Diagnostic) -> [Study.Row] {
    let rows = try prices.rows(of: inputs, of: path, request)
    summary.add(rows, notes: inputs.notes)
    return rows
  }
}
