public import Documents

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
    /// Where it comes from.
    public let citation: Citation
    fileprivate let make: @Sendable (inout ReducerArguments) throws(Diagnostic) -> any TokenReducer

    init(
      name: String, usage: String, summary: String, citation: Citation,
      make: @escaping @Sendable (inout ReducerArguments) throws(Diagnostic) -> any TokenReducer
    ) {
      self.name = name
      self.usage = usage
      self.summary = summary
      self.citation = citation
      self.make = make
    }
  }

  /// All methods, in the order in which they are listed.
  public static let all: [Method] = [.pruMerge, .pruMergePlus]

  /// The reducer that `specification` describes: `name[:argument,key=value,...]`, for example `prumerge:ratio=0.125`.
  ///
  /// - Throws: `Diagnostic` for an unknown name, with the nearest known ones, and for an argument that the method does
  ///   not know or that is out of range, with what it knows.
  public static func named(_ specification: String) throws(Diagnostic) -> any TokenReducer {
    let name = String(specification.prefix { $0 != ":" })
    guard let method = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name)
      let near = nearest(to: name, among: names).map { "\"\($0)\"" }.joined(separator: " or ")
      let hint = near.isEmpty ? "known are \(names.joined(separator: ", "))" : "did you mean \(near)?"
      throw Diagnostic("unknown reducer \"\(name)\"; \(hint)")
    }
    var arguments = try ReducerArguments(of: specification)
    let reducer = try method.make(&arguments)
    try arguments.finish(usage: method.usage)
    return reducer
  }
}

extension Reducers.Method {
  private static let pruMergePaper = Citation(
    title: "LLaVA-PruMerge: Adaptive Token Reduction for Efficient Large Multimodal Models",
    authors: "Y. Shang, M. Cai, B. Xu, Y. J. Lee, Y. Yan", arXiv: "2403.15388")

  static let pruMerge = Self(
    name: "prumerge", usage: "prumerge[:paper,ratio=R]",
    summary: "keeps the patches with outlying class attention and folds the others into them",
    citation: pruMergePaper
  ) { (arguments) throws(Diagnostic) in try PruMerge(&arguments) }

  static let pruMergePlus = Self(
    name: "prumerge+", usage: "prumerge+[:paper,ratio=R]",
    summary: "PruMerge that also keeps patches spread evenly over the image",
    citation: pruMergePaper
  ) { (arguments) throws(Diagnostic) in try PruMergePlus(&arguments) }
}
