internal import RooflineKit

/// Answers requests by a `QuestionService`, each when it is its turn and within its time.
struct Answers: Sendable {
  let service: QuestionService
  let gate: Gate
  let isStopping: @Sendable () -> Bool

  init(_ service: QuestionService, _ gate: Gate, isStopping: @escaping @Sendable () -> Bool) {
    (self.service, self.gate, self.isStopping) = (service, gate, isStopping)
  }

  /// Until when an answer must be there, and whether it is worth going on.
  private final class Patience: Sendable {
    let deadline = ContinuousClock.now + .seconds(Limits.answerSeconds)
    private let gone = Flag()
    private let isStopping: @Sendable () -> Bool

    init(_ isStopping: @escaping @Sendable () -> Bool) { self.isStopping = isStopping }

    var isOver: Bool { ContinuousClock.now > deadline || isStopping() || gone.isSet }
    func leave() { gone.set() }
  }

  /// `/api/rows`: rows as the command writes them, while they are made.
  func rows(_ request: Request, _ responder: Responder) throws(Refusal) {
    let format = try Self.format(request, [.jsonl, .csv, .json])
    let type = format.mediaType
    try gate.pass { () throws(Refusal) in
      let patience = Patience(isStopping)
      do throws(Diagnostic) {
        try service.writeRows(request.body, as: format, isStopped: { patience.isOver }) { bytes throws(Diagnostic) in
          do throws(Gone) {
            try responder.write(bytes, type: type, until: patience.deadline + .seconds(2))
          } catch {
            patience.leave()
            throw Diagnostic("the client has gone")
          }
        }
        responder.finish()
      } catch {
        guard responder.hasBegun else { throw Refusal(error) }
        // The end of the connection before the last piece says that the answer is not whole.
        responder.keepsOpen = false
      }
    }
  }

  /// `/api/answer`: all that the page shows of a question.
  func answer(_ request: Request, _ responder: Responder) throws(Refusal) {
    let (width, chart) = (try Self.width(request), request.query["chart"])
    let body = try made { (patience) throws(Diagnostic) in
      try service.answer(
        request.body, chart: chart, width: width, withOperators: request.query["operators"] == "1",
        isStopped: { patience.isOver })
    }
    responder.send(body, type: "application/json")
  }

  /// `/api/simulate` and `/api/plan`: fleets, as the page shows them or as a file.
  func fleets(_ request: Request, _ subject: QuestionService.Subject, _ responder: Responder) throws(Refusal) {
    let (width, chart) = (try Self.width(request), request.query["chart"])
    let format = try request.query["format"].map { (_) throws(Refusal) in
      try Self.format(request, [.json, .jsonl, .csv, .html, .svg, .markdown, .table])
    }
    let body = try made { (patience) throws(Diagnostic) in
      if let format {
        return try service.document(
          request.body, about: subject, as: format, chart: chart, isStopped: { patience.isOver })
      }
      return try service.answer(
        request.body, about: subject, chart: chart, width: width, isStopped: { patience.isOver })
    }
    responder.send(body, type: format?.mediaType ?? "application/json")
  }

  /// `/api/document`: the answer as a file.
  func document(_ request: Request, _ responder: Responder) throws(Refusal) {
    let format = try Self.format(request, [.html, .svg, .markdown, .table])
    let body = try made { (patience) throws(Diagnostic) in
      try service.document(request.body, as: format, chart: request.query["chart"], isStopped: { patience.isOver })
    }
    responder.send(body, type: format.mediaType)
  }

  /// `/api/files`: keeps a file under a name that questions may then say; of a picture the features that the encoder sees.
  func file(_ request: Request, _ responder: Responder) throws(Refusal) {
    let name = request.query["name"] ?? ""
    let body: [UInt8]? = try gate.pass { () throws(Refusal) in
      do throws(Diagnostic) { return try service.add(request.body, name: name) } catch { throw Refusal(error) }
    }
    guard let body else {
      throw Refusal(
        .unsupportedMedia, "expected ?name= to end in \(QuestionService.takenFiles), found \"\(name)\"")
    }
    responder.send(body, type: "application/json")
  }

  /// `/api/catalog`: what questions can name.
  func catalog(_ responder: Responder) throws(Refusal) {
    do throws(Diagnostic) { responder.send(try service.catalogList(), type: "application/json") } catch {
      throw Refusal(error)
    }
  }

  /// What is made when it is its turn, in the command's words if it cannot be made.
  private func made(_ make: (Patience) throws(Diagnostic) -> [UInt8]) throws(Refusal) -> [UInt8] {
    try gate.pass { () throws(Refusal) in
      let patience = Patience(isStopping)
      do throws(Diagnostic) { return try make(patience) } catch {
        if patience.isOver { throw Refusal(.busy, "it took longer than \(Limits.answerSeconds) s; ask for less") }
        throw Refusal(error)
      }
    }
  }

  /// How wide pictures are to be.
  private static func width(_ request: Request) throws(Refusal) -> Double {
    guard let text = request.query["width"] else { return 760 }
    guard let width = Int(text), (300...1600).contains(width) else {
      throw Refusal(.badRequest, "expected a width from 300 to 1600 pixels, found \"\(text)\"")
    }
    return Double(width)
  }

  /// The format that is asked for, of those that the path knows; the first of them where none is.
  private static func format(_ request: Request, _ known: [OutputFormat]) throws(Refusal) -> OutputFormat {
    guard let name = request.query["format"] else { return known[0] }
    guard let format = known.first(where: { $0.rawValue == name }) else {
      let names = known.map(\.rawValue).joined(separator: ", ")
      throw Refusal(.badRequest, "expected a format of \(names), found \"\(name)\"")
    }
    return format
  }
}
