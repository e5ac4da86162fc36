internal import RooflineKit

extension ImageRunOptions {
  /// What the pictures of a question about fleets leave, which are looked at now; nil without pictures.
  func loads(of question: Question, in catalog: Catalog) throws -> PictureLoads? {
    guard !question.images.isEmpty else { return nil }
    let plain = question.withoutLoad
    let request = try plain.surveyRequest(in: catalog)
    var survey = try ImageSurvey(request)
    let encoder = try plain.encoder(for: request, in: catalog)
    var pictures = PictureLoads()
    let frames = try plain.clipFrames()
    let paths = try ImageOptions.paths(plain.images, clips: frames != nil)
    let tally = try measure(paths, encoder: encoder, frames: frames) {
      (photograph) throws(Diagnostic) in
      try request.inputs(of: photograph)
    } deliver: { (path, inputs) throws(Diagnostic) in
      try pictures.add(try survey.add(inputs, of: path))
    }
    finish(tally)
    return pictures
  }
}
