internal import ArgumentParser
internal import RooflineKit

/// What is asked: a model, a device, tokens and counting rules.
struct RequestOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A model: a catalog name, an alias, or a model file.", valueName: "name"))
  var model: String

  @Option(
    name: [.customLong("gpu"), .customLong("hardware")],
    help: ArgumentHelp("A device: a catalog name, an alias, or a hardware file.", valueName: "name"))
  var hardware: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Visual tokens: full, adaptive (PruMerge), adaptive+ (PruMerge+), or numbers. Default: adaptive for a model \
      that reads images, with the unreduced row beside it.
      """, valueName: "full|adaptive|adaptive+|N,..."))
  var tokens: TokenSelection?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      A token reducer, or two with a slash between them (prumerge/fastv); may be given several times. See: roofline \
      list reducers
      """, valueName: "name"),
    transform: ChainArgument.init(named:))
  var reducer: [ChainArgument] = []

  @Option(
    help: ArgumentHelp(
      "The size of every image in pixels, for models whose tokens depend on it.", valueName: "WxH"))
  var imageSize: ImageSize?

  @OptionGroup var source: FeatureOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Text tokens of a sequence.", valueName: "n"))
  var textTokens = 40

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sequences that are processed together, each with its own image.", valueName: "n"))
  var batch = 1

  @Option(
    help: ArgumentHelp(
      "The counting rules: \(Accounting.all().map(\.name).joined(separator: ", ")).", valueName: "rules"))
  var accounting = "exact"

  @Option(
    help: ArgumentHelp(
      "Kernels of the exact accounting: fused (default), as serving engines run them, or eager, step by step.",
      valueName: "fused|eager"))
  var kernels: Kernels?

  func validate() throws {
    guard (0...Workload.tokenLimit).contains(textTokens) else {
      throw ValidationError("expected --text-tokens from 0 to \(Workload.tokenLimit), found \(textTokens)")
    }
    guard (1...Workload.batchLimit).contains(batch) else {
      throw ValidationError("expected --batch from 1 to \(Workload.batchLimit), found \(batch)")
    }
    if !reducer.isEmpty, tokens?.allowsReducers == false {
      throw ValidationError("--reducer decides the number of tokens; leave out --tokens, or use --tokens full")
    }
    guard let rules = Accounting.all().first(where: { $0.name == accounting }) else {
      let known = Accounting.all().map(\.name).joined(separator: ", ")
      throw ValidationError("unknown accounting \"\(accounting)\"; known are \(known)")
    }
    guard kernels == nil || rules.kernels != nil else {
      throw ValidationError("--kernels belongs to the exact accounting; \(accounting) has its own operators")
    }
  }

  /// The counting rules.
  var rules: Accounting {
    let exact = Accounting.exact(kernels: kernels ?? .fused)
    return Accounting.all().first { $0.name == accounting && $0.name != exact.name } ?? exact
  }

  /// The model, reading images of the given size.
  func model(in catalog: Catalog) throws(Diagnostic) -> Model {
    let model = try catalog.model(model)
    guard let imageSize else { return model }
    return try model.reading(images: imageSize)
  }

  /// The precisions of a comma-separated list.
  func precisions(_ list: String) throws -> [Precision] {
    try list.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let precision = rules.precision(String(name)) else {
        let known = rules.precisionNames.joined(separator: ", ")
        throw ValidationError("unknown precision \"\(name)\"; known are \(known)")
      }
      return precision
    }
  }

  /// The visual inputs to compare: without any reducer and with each, which run now.
  func visualInputs(for model: Model) throws -> [VisualInput] {
    switch tokens {
    case .counts(let counts): return counts.map { .tokens($0) }
    case .full where reducer.isEmpty: return [try unreduced(model)]
    case nil where reducer.isEmpty:
      let inputs = [try unreduced(model)]
      return try suitsSamples(model) ? inputs + reduced(model) : inputs
    default: return [try unreduced(model)] + (try reduced(model))
    }
  }

  /// Whether a reducer may run unasked: the model can use one, and the sample, unless one is given, has its tokens.
  private func suitsSamples(_ model: Model) throws -> Bool {
    guard model.language != nil, model.reductionObstacle == nil else { return false }
    guard source.isDefault, let tokens = model.tokensPerImage else { return true }
    return try source.load().patches == tokens
  }

  /// The one visual input that is asked for: reduced only if a reducer or `--tokens adaptive` is given.
  func visualInput(for model: Model) throws -> VisualInput {
    let inputs: [VisualInput]
    switch tokens {
    case .counts(let counts): inputs = counts.map { .tokens($0) }
    case .full, nil: inputs = reducer.isEmpty ? [try unreduced(model)] : try reduced(model)
    case .adaptive: inputs = try reduced(model)
    }
    guard let input = inputs.first, inputs.count == 1 else {
      throw ValidationError("one estimate is shown; give one number of --tokens, or one --reducer")
    }
    return input
  }

  /// All visual tokens that the model's encoder makes; those of the sample for a language model alone.
  private func unreduced(_ model: Model) throws -> VisualInput {
    .tokens(try model.visualTokens ?? source.load().patches)
  }

  private func reduced(_ model: Model) throws -> [VisualInput] {
    guard model.language != nil else {
      throw ValidationError(
        "\(model.name) has no language model that fewer visual tokens would relieve; use --tokens full")
    }
    let reducers = reducer.isEmpty ? [tokens?.reducer ?? .pruMerge] : reducer
    var loaded: VisualFeatures?
    return try reducers.map { argument in
      try .reduced(by: argument.chain, in: model) { () throws(Diagnostic) in
        let features = if let loaded { loaded } else { try source.load() }
        loaded = features
        return features
      }
    }
  }
}

/// What `--tokens` says.
enum TokenSelection: ExpressibleByArgument {
  case full
  case adaptive(ChainArgument)
  case counts([Int])

  init?(argument: String) {
    switch argument {
    case "full": self = .full
    case "adaptive": self = .adaptive(.pruMerge)
    case "adaptive+": self = .adaptive(.pruMergePlus)
    default:
      let counts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard counts.allSatisfy((1...Workload.tokenLimit).contains) else { return nil }
      self = .counts(counts)
    }
  }

  static var allValueStrings: [String] { ["full", "adaptive", "adaptive+", "1 ... \(Workload.tokenLimit)"] }

  /// Whether `--reducer` may be given besides.
  var allowsReducers: Bool {
    switch self {
    case .full: true
    case .adaptive(let reducer): reducer.chain.name == ChainArgument.pruMerge.chain.name
    case .counts: false
    }
  }

  /// The reducer that the selection stands for.
  var reducer: ChainArgument? {
    if case .adaptive(let reducer) = self { return reducer }
    return nil
  }
}
