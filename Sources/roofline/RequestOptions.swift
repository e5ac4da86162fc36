internal import ArgumentParser
internal import RooflineKit

/// What is asked: a model, a device, tokens and counting rules.
struct RequestOptions: ParsableArguments {
  /// The options that add up where they are given several times.
  static let lists: Set<String> = [
    "--gpu", "--tokens", "--reducer", "--image", "--catalog", "--precision", "--require",
  ]

  @Option(
    help: ArgumentHelp("A model: a catalog name, an alias, or a model file.", valueName: "name"),
    completion: .catalog(.models))
  var model: String

  @Option(
    name: [.customLong("gpu"), .customLong("hardware")], parsing: .singleValue,
    help: ArgumentHelp(
      "A device: a catalog name, an alias, or a hardware file; several to compare them.", valueName: "name"),
    completion: .catalog(.hardware))
  var hardware: [String]

  @Option(
    name: .customLong("tokens"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Visual tokens: none, full (all), adaptive (what PruMerge leaves), adaptive+ (PruMerge+), numbers, or several of these; \
      may be given several times.
      """, valueName: "none|full|adaptive|adaptive+|N[,...]"),
    completion: .list(["none", "full", "adaptive", "adaptive+"]), transform: TokenSelection.init(_:))
  var tokenSelections: [TokenSelection] = []

  /// What all `--tokens` ask for; nil without one.
  var tokens: TokenSelection? { TokenSelection(tokenSelections) }

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      A token reducer, or two with a slash between them (prumerge/fastv); may be given several times, each counts once. See: \
      roofline list reducers
      """, valueName: "name"),
    completion: .list(Reducers.all.map(\.example)), transform: ChainArgument.init(named:))
  var reducer: [ChainArgument] = []

  @Option(
    help: ArgumentHelp(
      "The size of every image in pixels, for models whose tokens depend on it.", valueName: "WxH"))
  var imageSize: ImageSize?

  @OptionGroup var source: FeatureOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Text tokens of a sequence.", valueName: "n"), transform: wholeNumber)
  var textTokens = 40

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sequences that are processed together, each with its own image.", valueName: "n"),
    transform: wholeNumber)
  var batch = 1

  @Option(
    help: ArgumentHelp(
      "The counting rules: \(Accounting.all().map(\.name).joined(separator: ", ")).", valueName: "rules"),
    completion: .list(Accounting.all().map(\.name)))
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
    if let tokens, tokens.isOfCounts ? source.isGiven : source.images.isGiven && !tokens.counts.isEmpty {
      throw ValidationError("--tokens gives the number of tokens; leave out --image, --features and --sample")
    }
    guard let rules = Accounting.all().first(where: { $0.name.spelling == accounting.spelling }) else {
      let known = Accounting.all().map(\.name).joined(separator: ", ")
      throw ValidationError("unknown accounting \"\(accounting)\"; known are \(known)")
    }
    guard kernels == nil || rules.kernels != nil else {
      throw ValidationError("--kernels belongs to the exact accounting; \(rules.name) has its own operators")
    }
  }

  /// The counting rules.
  var rules: Accounting {
    let all = Accounting.all(kernels: kernels ?? .fused)
    return all.first { $0.name.spelling == accounting.spelling } ?? .exact(kernels: kernels ?? .fused)
  }

  /// The model, reading images of the given size.
  func model(in catalog: Catalog) throws(Diagnostic) -> Model {
    let model = try catalog.model(model)
    guard let imageSize else { return model }
    return try model.reading(images: imageSize)
  }

  /// The precisions of comma-separated lists, each once.
  func precisions(_ lists: [String]) throws -> [Precision] {
    var precisions: [Precision] = []
    for name in lists.joined(separator: ",").split(separator: ",", omittingEmptySubsequences: false) {
      guard let precision = rules.precision(String(name)) else {
        let known = rules.precisionNames.joined(separator: ", ")
        throw ValidationError("unknown precision \"\(name)\"; known are \(known)")
      }
      if !precisions.contains(precision) { precisions.append(precision) }
    }
    return precisions
  }

  /// The devices, in the order given, each once.
  func devices(in catalog: Catalog) throws(Diagnostic) -> [Accelerator] {
    var devices: [Accelerator] = []
    for name in hardware {
      let device = try catalog.hardware(name)
      if !devices.contains(device) { devices.append(device) }
    }
    return devices
  }

  /// The methods that are asked for; nil where the model decides.
  var methods: [ChainArgument]? { reducer.isEmpty ? tokens?.reducers : reducer }

  /// The visual inputs to compare: without any reducer, given numbers, and with each method, which run now.
  func visualInputs(for model: Model) throws -> [VisualInput] {
    try checkTokens(model)
    let counts = (tokens?.counts ?? []).map { VisualInput.tokens($0) }
    if tokens?.isOfCounts == true { return counts }
    // Features are made once, and only if something reads them.
    var features: VisualFeatures?
    func load() throws(Diagnostic) -> VisualFeatures {
      let made = if let features { features } else { try source.load() }
      features = made
      return made
    }
    let methods = try self.methods ?? (suitsSamples(model) ? [.pruMerge] : [])
    return try [.tokens(model.visualTokens ?? load().patches)] + counts + reduced(model, by: methods, load)
  }

  /// Whether a reducer may run unasked: the model can use one, and the sample, unless one is given, has its tokens.
  private func suitsSamples(_ model: Model) throws -> Bool {
    guard model.language != nil, model.reductionObstacle == nil else { return false }
    guard source.isDefault, let tokens = model.tokensPerImage else { return true }
    return try source.load().patches == tokens
  }

  /// The one visual input that is asked for: reduced only if a reducer or `--tokens adaptive` is given.
  func visualInput(for model: Model, in catalog: Catalog) throws -> VisualInput {
    try checkTokens(model)
    let methods = methods ?? []
    let counts = (tokens?.counts ?? []).map { VisualInput.tokens($0) }
    let inputs: [VisualInput]
    if source.images.isGiven {
      let all = try self.inputs(for: model, in: catalog).visualInputs
      inputs = methods.isEmpty ? [all[0]] : [VisualInput](all.dropFirst())
    } else if methods.isEmpty, counts.isEmpty || tokens?.isFull == true {
      inputs = try [.tokens(model.visualTokens ?? source.load().patches)] + counts
    } else {
      inputs = try counts + reduced(model, by: methods, source.load)
    }
    guard let input = inputs.first, inputs.count == 1 else {
      throw ValidationError("one estimate is shown; give one number of --tokens, or one --reducer")
    }
    return input
  }

  /// Fewer visual tokens make sense only for a language model to read.
  func checkTokens(_ model: Model) throws {
    let asksForFewer = methods?.isEmpty == false || tokens?.counts.isEmpty == false
    guard model.language == nil, asksForFewer else { return }
    throw ValidationError(
      "\(model.name) has no language model that fewer visual tokens would relieve; use --tokens full")
  }

  private func reduced(
    _ model: Model, by methods: [ChainArgument], _ features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> [VisualInput] {
    var inputs: [VisualInput] = []
    var names: Set<String> = []
    for method in methods where names.insert(method.chain.name).inserted {
      inputs.append(try .reduced(by: method.chain, in: model, features: features))
    }
    return inputs
  }
}
