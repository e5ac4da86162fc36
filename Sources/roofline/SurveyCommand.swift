internal import ArgumentParser
internal import RooflineKit

extension EstimateCommand {
  /// A study of every picture, and their distribution where there are several.
  func survey(_ question: Question, in catalog: Catalog) throws {
    let request = try question.surveyRequest(in: catalog)
    var survey = try ImageSurvey(request)
    let frames = try question.clipFrames()
    let paths = try ImageOptions.paths(question.images, clips: frames != nil)
    let encoder = try question.encoder(for: request, in: catalog)
    let notes = encoder?.note.map { [$0] } ?? []
    let condition = question.rows.condition
    let chosen = try question.rows.chosenColumns()
    let columns = chosen.isEmpty ? [Column.image] + Column.all : chosen
    var (fails, count) = (false, 0)
    try chart.check(output.chosenFormat)
    var sink = try SurveyOutput(
      as: output.format, to: output.path, head: [.init(key: "question", value: .record(question.record))])
    var last: Report?
    let tally = try images.measure(paths, encoder: encoder, frames: frames) { (photograph) throws(Diagnostic) in
      try request.inputs(of: photograph)
    } deliver: { (path, inputs) throws(Diagnostic) in
      var rows = try survey.add(inputs, of: path).map { RowFigures($0, image: path, remarks: notes + inputs.notes) }
      if let condition { rows = rows.indices.filter { condition.holds(for: &rows[$0]) }.map { rows[$0] } }
      count += rows.count
      if requirements.complain(of: &rows) { fails = true }
      try sink.add(rows.indices.map { rows[$0].record(columns) })
      guard paths.count == 1 else { return }
      last = try self.report(of: path, &rows, question)
      last?.describe(picture: path, encoder: encoder?.name, notes: notes + inputs.notes)
    }
    if count == 0, let condition, tally.finished > 0 {
      throw Diagnostic("no row of the pictures keeps to \"\(condition.text)\"; write a wider --where")
    }
    let report = try self.report(of: survey.summary, tally, question, by: encoder, isDrawn: last == nil)
    try sink.finish(last ?? report, tally, summary: report.records)
    images.finish(tally)
    if !requirements.conditions.isEmpty, tally.failed > 0 {
      Console.complain("requirement: it is not known whether the skipped images keep to it")
      fails = true
    }
    if fails { throw RequirementOptions.failure }
  }

  /// The report of all pictures; its charts are drawn where no picture has a report of its own.
  private func report(
    of summary: SurveySummary, _ tally: ImageRun.Tally, _ question: Question, by encoder: ImageEncoder?, isDrawn: Bool
  ) throws -> Report {
    var notes = encoder?.note.map { [$0] } ?? []
    if question.rows.condition != nil {
      notes.append("distributions are of all rows: --where picks those that are written for machines")
    }
    var report = Report(summary, tally, encoder: encoder?.name, notes: notes)
    if isDrawn, output.chosenFormat.isDrawn {
      try asCall { () throws(Diagnostic) in try report.draw(summary, as: chart.kind) }
      report.addPage(summary, of: question)
    }
    return report
  }

  /// The report of a picture that is the only one.
  private func report(of path: String, _ rows: inout [RowFigures], _ question: Question) throws(Diagnostic) -> Report {
    if rows.isEmpty, let condition = question.rows.condition {
      throw Diagnostic("no row of \(path) keeps to \"\(condition.text)\"; write a wider --where")
    }
    var report = Report(&rows, chosen: try question.rows.chosenColumns(), named: try question.rows.namedColumns())
    if output.chosenFormat.isDrawn {
      try report.draw(rows, of: question, as: chart.kind, all: rows.count)
      report.addPage(rows, of: question)
    }
    return report
  }
}

extension Question {
  /// What is asked of every picture.
  ///
  /// - Parameter precisions: those of a question that names none.
  /// - Throws: `Diagnostic` for several models, and for orders, which pictures have of their own.
  func surveyRequest(
    in catalog: Catalog, precisions: [String] = Self.usualPrecisions
  ) throws(Diagnostic) -> ImageSurvey.Request {
    // Of a clip the frames are those of each folder.
    var question = self
    if try clipFrames() != nil { question.frames = NumberList() }
    let study = try question.studyOfPictures(in: catalog, precisions: precisions)
    let model = try onlyModel(of: study)
    guard rows.order.isEmpty, rows.front.isEmpty, rows.top == nil else {
      throw Diagnostic("the rows of pictures come in the order of the pictures; leave out --sort, --pareto and --top")
    }
    return ImageSurvey.Request(model, study, chains: try chainsForPictures(of: model))
  }

  /// Of how many frames each folder of pictures is a clip; nil where pictures are pictures.
  ///
  /// - Throws: `Diagnostic` for several numbers.
  func clipFrames() throws(Diagnostic) -> Int? {
    guard !images.isEmpty, let count = frames.first else { return nil }
    guard frames.count == 1 else {
      throw Diagnostic("clips are sampled by one number of --frames; \(frames.count) are given")
    }
    return count
  }

  /// The one model that reads pictures.
  ///
  /// - Throws: `Diagnostic` for several.
  func onlyModel(of study: Study) throws(Diagnostic) -> MultimodalModel {
    guard let subject = study.subjects.first, study.subjects.count == 1 else {
      throw Diagnostic("pictures are read by one model of one --image-size; \(study.subjects.count) are asked for")
    }
    return subject.model
  }

  /// The encoder, if somebody must look at what is in the pictures, or the user names one.
  func encoder(for request: ImageSurvey.Request, in catalog: Catalog) throws(Diagnostic) -> ImageEncoder? {
    guard request.looksAtPictures || encoder != nil else { return nil }
    return try encoder(of: request.model, in: catalog)
  }

  /// The encoder that is named, or that of the model, which it then fits.
  func encoder(of model: MultimodalModel, in catalog: Catalog) throws(Diagnostic) -> ImageEncoder {
    let name = if let encoder { encoder } else { try catalog.encoder(of: models.first ?? model.name) }
    let found = try ImageEncoder(name, precision: encoderPrecision, hub: catalog.hub)
    try found.check(fits: model)
    return found
  }

  /// The one picture that is named, and who looked at it.
  func photograph(for request: ImageSurvey.Request, in catalog: Catalog) throws -> Photograph {
    try photograph(by: try encoder(for: request, in: catalog))
  }

  /// The one picture that is named, looked at by an encoder.
  func photograph(by encoder: ImageEncoder?) throws -> Photograph {
    let frames = try clipFrames()
    let paths = try ImageOptions.paths(images, clips: frames != nil)
    guard let path = paths.first, paths.count == 1 else {
      throw ValidationError("one picture is looked at here; --image names \(paths.count)")
    }
    let runner = try ImageRunner(encoder)
    let photograph =
      if let frames {
        try Photograph(clip: path, frames: frames, for: runner)
      } else {
        try Photograph(path, for: runner)
      }
    for note in photograph.notes + (encoder?.note.map { [$0] } ?? []) {
      Console.complain("\(photograph.path): note: \(note)")
    }
    return photograph
  }
}
