public import Architectures
public import Documents
internal import Estimation
internal import Quantities
public import Reduction
public import ReductionMethods

extension Question {
  /// What reducers run on: the file, or the sample.
  ///
  /// - Throws: `Diagnostic` for an unknown sample or a file that holds no features.
  public func visualFeatures() throws(Diagnostic) -> VisualFeatures {
    if let features { return try VisualFeatures(contentsOf: features) }
    return try Sample.named(sample ?? "text").features()
  }

  /// The reducers that are asked for, each once; nil where the model decides.
  private func chains() throws(Diagnostic) -> [ReducerChain]? {
    let names = tokens.methods + reducers
    guard !names.isEmpty || tokens.isFull else { return nil }
    var chains: [ReducerChain] = []
    for name in names {
      let chain = try ReducerChain(name)
      if !chains.contains(where: { $0.name == chain.name }) { chains.append(chain) }
    }
    return chains
  }

  /// The reducers that run on pictures; PruMerge unasked where the model can use it.
  ///
  /// - Throws: `Diagnostic` where fewer tokens make no sense for the model.
  public func chainsForPictures(of model: MultimodalModel) throws(Diagnostic) -> [ReducerChain] {
    try checkTokens(model)
    if let chains = try chains() { return chains }
    guard model.language != nil, model.reductionObstacle == nil else { return [] }
    let isSuited = model.vision.map { $0.resolution == nil && $0.encoder.classToken } ?? true
    return isSuited ? [ReducerChain(PruMerge())] : []
  }

  /// What every model reads: all visual tokens, given numbers, and what is left by reducers, which run now.
  ///
  /// This is where it is decided what makes a sensible comparison. A reducer that nobody asked for runs only for a model
  /// with eyes, on features as the model has them; a model without reads no image unless it is told to.
  func subjects(_ models: [MultimodalModel]) throws(Diagnostic) -> [Study.Subject] {
    // Features are made once, and only if something reads them.
    var made: VisualFeatures?
    func features() throws(Diagnostic) -> VisualFeatures {
      if let made { return made }
      let features = try visualFeatures()
      made = features
      return features
    }
    var subjects: [Study.Subject] = []
    for model in models {
      do throws(Diagnostic) {
        if let budget {
          subjects.append(try subject(model, within: budget, features))
        } else {
          subjects.append(try subject(model, isOnly: models.count == 1, features))
        }
      } catch {
        if models.count == 1 { throw error }
        var omitted = Study.Subject(model, [])
        omitted.omissions = [error.message]
        subjects.append(omitted)
      }
    }
    return subjects
  }

  /// What a model reads. What cannot be had of it is an error or, where there are others, an omission.
  private func subject(
    _ model: MultimodalModel, isOnly: Bool, _ features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> Study.Subject {
    try checkTokens(model)
    guard tokens.counts.count <= Self.inputLimit else {
      throw Diagnostic("expected at most \(Self.inputLimit) numbers of --tokens, found \(tokens.counts.count)")
    }
    let counts = tokens.counts.map { VisualInput.tokens($0) }
    if tokens.isOfCounts { return Study.Subject(model, counts) }
    let chains = try chains()
    if chains == nil, counts.isEmpty, model.vision == nil, sample == nil, self.features == nil {
      return Study.Subject(model, [.tokens(0)])
    }
    let all = if let tokens = model.visualTokens { tokens } else { try features().patches }
    var inputs = [.tokens(all)] + tokens.counts.filter { $0 != all }.map { VisualInput.tokens($0) }
    let wanted = if let chains { chains } else { try unasked(model, features) }
    var omissions: [String] = []
    for chain in wanted {
      do throws(Diagnostic) {
        let input = try VisualInput.reduced(by: chain, in: model, features: features)
        try input.check(in: model)
        inputs.append(input)
      } catch {
        if isOnly { throw error }
        omissions.append(error.message)
      }
    }
    var subject = Study.Subject(model, inputs)
    subject.baseline = inputs.count > 1 ? 0 : nil
    subject.omissions = omissions
    return subject
  }

  /// The reducer that runs unasked, if the model can use it.
  private func unasked(
    _ model: MultimodalModel, _ features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> [ReducerChain] { try suitsSamples(model, features) ? [ReducerChain(PruMerge())] : [] }

  /// More numbers of visual tokens are refused.
  private static let inputLimit = 1_048_576

  /// Whether a reducer may run unasked: the model can use one, and the sample, unless one is given, has its tokens.
  private func suitsSamples(
    _ model: MultimodalModel, _ features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> Bool {
    guard model.language != nil, model.reductionObstacle == nil else { return false }
    guard sample == nil, self.features == nil, let tokens = model.tokensPerImage else { return true }
    return try features().patches == tokens
  }

  /// Fewer visual tokens make sense only for a language model to read.
  private func checkTokens(_ model: MultimodalModel) throws(Diagnostic) {
    guard model.language == nil, try chains()?.isEmpty == false || !tokens.counts.isEmpty else { return }
    throw Diagnostic("\(model.name) has no language model that fewer visual tokens would relieve; use --tokens full")
  }
}
