public import Documents
public import ReductionMethods

/// The reducers that can be asked for by name.
public enum Reducers {
  /// A method and its variants.
  public struct Method: Sendable {
    /// What its specifications begin with, for example `prumerge`.
    public let name: String
    /// The form of its specifications, for example `prumerge[:paper][,ratio=R]`.
    public let usage: String
    /// What it does, in one line.
    public let summary: String
    /// A specification that can be run as it is, for example `evit:keep=0.62`.
    public let example: String
    /// Where it comes from; nil for what no paper proposes.
    package let citation: Citation?
    /// The specification with which it comes closest to a budget; see `TokenBudget.specification`.
    let setting: @Sendable (TokenBudget) -> String?
    fileprivate let make: @Sendable (inout ReducerArguments) throws(Diagnostic) -> any ReductionMethod

    init(
      name: String, usage: String, example: String? = nil, summary: String, citation: Citation?,
      within setting: @escaping @Sendable (TokenBudget) -> String?,
      make: @escaping @Sendable (inout ReducerArguments) throws(Diagnostic) -> any ReductionMethod
    ) {
      self.name = name
      self.usage = usage
      self.example = example ?? name
      self.summary = summary
      self.citation = citation
      self.setting = setting
      self.make = make
    }
  }

  /// All methods, in the order in which they are listed.
  public static let all: [Method] = [
    .pruMerge, .pruMergePlus, .sequential, .spatial, .random, .pool, .visionZip, .fasterVLM, .visPruner, .divPrune,
    .toMe, .eViT, .aTS, .crossGET, .fastV, .pyramidDrop, .sparseVLM, .schedule,
  ]

  /// Those that papers propose, in the same order.
  public static var published: [Method] { all.filter { $0.citation != nil } }

  /// The reducer of features that `specification` describes: `name[:argument,key=value,...]`, for example
  /// `prumerge:ratio=0.125`.
  ///
  /// - Throws: `Diagnostic` for an unknown name, with the nearest known ones; for an argument that the method does not
  ///   know or that is out of range, with what it knows; and for methods that only work inside a language model.
  public static func named(_ specification: String) throws(Diagnostic) -> any TokenReducer {
    let method = try method(specification)
    guard let reducer = method as? any TokenReducer else {
      throw Diagnostic("\(method.name) works inside the language model; there are no features that it reduces")
    }
    return reducer
  }

  /// The method of a name, without settings.
  ///
  /// - Throws: `Diagnostic` with the nearest names if there is none.
  public static func entry(_ name: String) throws(Diagnostic) -> Method {
    let wanted = name.spelling
    if let method = all.first(where: { $0.name.spelling == wanted }) { return method }
    let names = all.map(\.name)
    let near = nearest(to: name, among: names).map { "\"\($0)\"" }.joined(separator: " or ")
    let hint = near.isEmpty ? "known are \(names.joined(separator: ", "))" : "did you mean \(near)?"
    throw Diagnostic("unknown reducer \"\(name)\"; \(hint)")
  }

  /// The method that `specification` describes, wherever in a model it works.
  ///
  /// - Throws: `Diagnostic` for an unknown name or bad arguments.
  public static func method(_ specification: String) throws(Diagnostic) -> any ReductionMethod {
    let name = String(specification.prefix { $0 != ":" })
    guard !specification.contains("/") else {
      throw Diagnostic("\"\(specification)\" is a chain of methods, which needs a model; one method is expected here")
    }
    let method = try entry(name)
    var arguments = try ReducerArguments(of: specification)
    let reducer = try method.make(&arguments)
    try arguments.finish(usage: method.usage)
    return reducer
  }
}
