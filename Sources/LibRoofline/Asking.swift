internal import RooflineKit

typealias CatalogHandle = Handle<Locked<Catalog>>
typealias QuestionHandle = Handle<Locked<Question>>

@_cdecl("roofline_catalog_new")
package func newCatalog(_ folders: UnsafePointer<Text?>?, _ count: Int64, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    let folders = try texts(folders, count, "the name of a folder")
    let catalog = folders.isEmpty ? Catalog.standard : try Catalog(folders: folders)
    made.pointee = CatalogHandle(Locked(catalog)).retained
  }
}

@_cdecl("roofline_catalog_define")
package func defineModel(_ catalog: OpaquePointer?, _ name: Text?, _ json: Text?) -> Failure? {
  attempt { () throws(Diagnostic) in
    let (name, json) = (try text(name, "the name of a model"), try text(json, "a configuration in JSON"))
    try CatalogHandle.of(catalog).withLock { (catalog) throws(Diagnostic) in
      catalog = try catalog.adding(Array(json.utf8), named: name)
    }
  }
}

@_cdecl("roofline_catalog_free")
package func freeCatalog(_ catalog: OpaquePointer?) { CatalogHandle.free(catalog) }

@_cdecl("roofline_question_new")
package func newQuestion() -> OpaquePointer? { QuestionHandle(Locked(Question())).retained }

@_cdecl("roofline_question_set")
package func setQuestion(
  _ question: OpaquePointer?, _ option: Text?, _ list: UnsafePointer<Text?>?, _ count: Int64
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let (option, texts) = (try text(option, "the name of an option"), try texts(list, count, "a text"))
    try QuestionHandle.of(question).withLock { (question) throws(Diagnostic) in try question.set(option, to: texts) }
  }
}

@_cdecl("roofline_question_free")
package func freeQuestion(_ question: OpaquePointer?) { QuestionHandle.free(question) }

/// What is asked of which catalog.
struct Asking {
  /// What the program's subcommand is called.
  enum Subject: String, CaseIterable { case estimate, operators, compare, simulate, plan }

  let catalog: Catalog
  let question: Question
  let subject: Subject

  init(
    _ catalog: OpaquePointer?, _ question: OpaquePointer?, _ subject: Text?
  ) throws(Diagnostic) {
    let name = try text(subject, "what is asked")
    guard let subject = Subject(rawValue: name) else {
      let names = Subject.allCases.map(\.rawValue).joined(separator: ", ")
      throw Diagnostic("expected one of \(names), found \"\(name)\"")
    }
    self.subject = subject
    self.catalog = try CatalogHandle.of(catalog).withLock { $0 }
    let asked = try QuestionHandle.of(question).withLock { $0 }
    guard asked.images.isEmpty else {
      throw Diagnostic("pictures are looked at by an encoder; leave out image, and give the features that it makes")
    }
    self.question = subject == .compare ? try asked.comparison() : asked
    switch subject {
    case .estimate, .operators, .compare: try self.question.check()
    case .simulate: try self.question.checkLoad()
    case .plan: try self.question.checkPlan()
    }
  }

  /// The precisions of a question that names none.
  var precisions: [String] { subject == .estimate ? Question.usualPrecisions : ["fp16"] }

  /// The rows that are wanted, of an estimate or a comparison.
  func answer() throws(Diagnostic) -> Answer {
    Answer(try question.study(in: catalog, precisions: precisions), question.rows)
  }

  /// One estimate on each device.
  func estimates() throws(Diagnostic) -> [Estimate] {
    try question.oneRequest(try question.study(in: catalog, precisions: precisions)).study.rows().map(\.estimate)
  }

  /// A simulation of each load, those that are wanted; what could not be run is told of as `simulate` does.
  func loads(_ stop: Stop) throws(Diagnostic) -> LoadAnswer {
    try LoadAnswer(LoadStudy(question, in: catalog), question.rows, isStopped: { stop.isAsked() }) { _ in
      Simulation.Watch(isStopped: { _, _ in stop.isAsked() })
    }
  }

  /// The cheapest fleets, or the largest rates of some.
  func plan(_ stop: Stop) throws(Diagnostic) -> PlanAnswer {
    try PlanAnswer(question, in: catalog, Plan.Watch(isStopped: { stop.isAsked() }))
  }
}
