internal import ArgumentParser
internal import RooflineKit

extension RequestOptions {
  /// What is asked of every picture.
  func surveyRequest(
    of model: Model, on devices: [Accelerator], at precisions: [Precision], serving: Serving = Serving()
  ) throws -> ImageSurvey.Request {
    ImageSurvey.Request(
      model: model, devices: devices, precisions: precisions, chains: try chains(for: model), textTokens: textTokens,
      batch: batch, accounting: rules, serving: serving)
  }

  /// The methods that run on pictures; PruMerge unasked where the model can use it.
  private func chains(for model: Model) throws -> [ReducerChain] {
    try checkTokens(model)
    return (methods ?? (takesReducers(model) ? [.pruMerge] : [])).map(\.chain)
  }

  /// Whether fewer tokens of a picture can reach the model's language model.
  private func takesReducers(_ model: Model) -> Bool {
    guard model.language != nil, model.reductionObstacle == nil else { return false }
    return model.vision.map { $0.resolution == nil && $0.encoder.classToken } ?? true
  }

  /// The encoder, if somebody must look at what is in the pictures, or the user names one.
  func encoder(for request: ImageSurvey.Request, in catalog: Catalog) throws(Diagnostic) -> ImageEncoder? {
    let images = source.images
    guard request.looksAtPictures || images.encoder != nil else { return nil }
    return try images.encoder(of: request.model, named: model, in: catalog)
  }

  /// The study of the one picture that `--image` names.
  func inputs(for model: Model, in catalog: Catalog) throws -> ImageSurvey.Inputs {
    let request = try surveyRequest(of: model, on: [], at: [])
    let runner = try ImageRunner(self.encoder(for: request, in: catalog))
    let photograph = try Photograph(source.images.path(), for: runner)
    for note in photograph.notes + (runner.encoder?.note.map { [$0] } ?? []) {
      Console.complain("\(photograph.path): note: \(note)")
    }
    return try request.inputs(of: photograph)
  }
}

extension ImageSurvey.Request {
  /// A row as those of the pictures, for its keys: of a picture with as many tokens as the model makes of any.
  func sampleRecords() throws -> [Record] {
    let study = try Study(
      model, on: Array(devices.prefix(1)), precisions: Array(precisions.prefix(1)),
      visualInputs: [.tokens(model.visualTokens ?? 1)], textTokens: textTokens, batch: batch, accounting: accounting,
      serving: serving)
    return Record.rows(of: study, image: "")
  }
}
