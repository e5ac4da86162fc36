internal import RooflineKit

/// What is answered at which path.
struct Routes: Sendable {
  /// How a path is answered, and how long a body it takes.
  struct Route {
    var limit = 0
    var answer: (Request, Responder) throws(Refusal) -> Void
  }

  private let hosts: HostCheck
  private let answers: Answers

  init(_ hosts: HostCheck, _ answers: Answers) { (self.hosts, self.answers) = (hosts, answers) }

  /// The route of a request whose body is not read yet.
  ///
  /// - Throws: `Refusal` for who may not ask, for what is not there, and for a body of another kind.
  func route(of request: Request) throws(Refusal) -> Route {
    try hosts.check(request)
    if let file = PageFiles.file(at: request.path) {
      try check(request, ["GET", "HEAD"])
      return Route { _, responder in responder.send(file.bytes, type: file.type) }
    }
    switch request.path {
    case "/api/catalog":
      try check(request, ["GET", "HEAD"])
      return Route { (_, responder) throws(Refusal) in try answers.catalog(responder) }
    case "/api/rows": return try question(request, answers.rows)
    case "/api/answer": return try question(request, answers.answer)
    case "/api/document": return try question(request, answers.document)
    case "/api/simulate":
      return try question(request) { (asked, responder) throws(Refusal) in
        try answers.fleets(asked, .simulate, responder)
      }
    case "/api/plan":
      return try question(request) { (asked, responder) throws(Refusal) in
        try answers.fleets(asked, .plan, responder)
      }
    case "/api/files":
      try check(request, ["POST"])
      return Route(limit: Limits.file, answer: answers.file)
    default:
      throw Refusal(.notFound, "there is nothing at \(request.path); /api/openapi.json describes what there is")
    }
  }

  private func question(
    _ request: Request, _ answer: @escaping (Request, Responder) throws(Refusal) -> Void
  ) throws(Refusal) -> Route {
    try check(request, ["POST"])
    guard request.mediaType == "application/json" else {
      throw Refusal(.unsupportedMedia, "expected a question as Content-Type: application/json")
    }
    return Route(limit: Limits.question, answer: answer)
  }

  private func check(_ request: Request, _ methods: [String]) throws(Refusal) {
    guard !methods.contains(request.method) else { return }
    throw Refusal(
      .methodNotAllowed, "\(request.path) is asked by \(methods[0])", allowed: methods.joined(separator: ", "))
  }
}

/// The files that the page is made of, compiled into the program.
enum PageFiles {
  /// A file as it is sent.
  struct File {
    var bytes: [UInt8]
    var type: String
  }

  private static let files: [String: File] = {
    var files: [String: File] = [
      "/report.css": File(bytes: Array(QuestionService.styleSheet.utf8), type: "text/css; charset=utf-8"),
      "/report.js": File(bytes: Array(QuestionService.script.utf8), type: "text/javascript; charset=utf-8"),
    ]
    for (name, text) in EmbeddedFiles.page {
      let type =
        name.hasSuffix(".html")
        ? "text/html; charset=utf-8"
        : name.hasSuffix(".css")
          ? "text/css; charset=utf-8" : name.hasSuffix(".js") ? "text/javascript; charset=utf-8" : "application/json"
      let path = name == "index.html" ? "/" : name == "openapi.json" ? "/api/openapi.json" : "/\(name)"
      files[path] = File(bytes: Array(text.utf8), type: type)
    }
    return files
  }()

  static func file(at path: String) -> File? { files[path] }
}
