public import Architectures
public import Catalog
public import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction
internal import ReductionMethods

extension Question {
  /// More rows are refused as a slip of the keyboard.
  public static let rowLimit = RowSelection.limit

  /// Text tokens of a sequence where nobody says how many.
  public static let usualTextTokens: NumberList = 40

  /// The precisions that are compared where nobody names any and no checkpoint states its own.
  public static let usualPrecisions = ["fp16", "int4"]

  /// The models, devices and so on that the question names, and what every model reads; reducers run now.
  ///
  /// - Parameters:
  ///   - catalog: where models and devices are looked up.
  ///   - precisions: those of a question that names none, for models whose checkpoint states no format of its own.
  /// - Throws: `Diagnostic` for what is not known, makes no sense together, or is too much.
  public func study(in catalog: Catalog, precisions: [String] = Self.usualPrecisions) throws(Diagnostic) -> Study {
    try study(in: catalog, precisions: precisions) { (models) throws(Diagnostic) in
      try subjects(models)
    }
  }

  /// The same of pictures, whose visual inputs are not known yet: every model reads all of its tokens.
  public func studyOfPictures(in catalog: Catalog, precisions: [String] = Self.usualPrecisions) throws(Diagnostic)
    -> Study
  {
    try study(in: catalog, precisions: precisions) { (models) throws(Diagnostic) in
      models.map { Study.Subject($0, [.tokens($0.visualTokens ?? 1)]) }
    }
  }

  private func study(
    in catalog: Catalog, precisions: [String], subjects: ([MultimodalModel]) throws(Diagnostic) -> [Study.Subject]
  ) throws(Diagnostic) -> Study {
    try check()
    guard plan == PlanQuestion() else {
      throw Diagnostic("the question is about what to rent; roofline plan answers it")
    }
    guard load == Question.Load() else {
      throw Diagnostic("the question is about a fleet under traffic; roofline simulate answers it")
    }
    let devices = try accelerators(in: catalog)
    var subjects = try subjects(try models(in: catalog))
    var formats: [[Precision]] = []
    for subject in subjects { formats.append(try self.precisions(of: subject.model, default: precisions)) }
    if formats.contains(where: { $0 != formats[0] }) {
      for (index, own) in formats.enumerated() { subjects[index].precisions = own }
    }
    let (price, prices) = try prices(of: devices, in: catalog)
    let study = Study(
      subjects, on: devices, precisions: formats.first ?? [], parallelisms: try parallelisms(),
      engines: try engines(of: devices, in: catalog),
      textTokens: textTokens.isEmpty ? Self.usualTextTokens : textTokens,
      contexts: contexts, outputTokens: outputTokens.isEmpty ? 0 : outputTokens, batches: batches,
      accounting: rules, pricePerHour: price, prices: prices)
    guard study.count <= Self.rowLimit else {
      throw Diagnostic(
        "the question has \(study.count == .max ? "more than \(Int.max)" : "\(study.count)") rows, the limit is "
          + "\(Self.rowLimit); narrow its lists and ranges: \(longestLists)")
    }
    return study
  }

  /// The names of all counting rules, for messages.
  static var accountings: String { Accounting.all().map(\.name).joined(separator: ", ") }

  /// The counting rules.
  public var rules: Accounting {
    let all = Accounting.all(kernels: kernels ?? .fused)
    return all.first { $0.name.spelling == accounting.spelling } ?? .exact(kernels: kernels ?? .fused)
  }

  /// Refuses what is missing or makes no sense together.
  ///
  /// - Throws: `Diagnostic` that says what to write.
  public func check() throws(Diagnostic) {
    for (part, name) in [(models, "model"), (devices, "gpu")] where part.isEmpty {
      throw Diagnostic("Missing expected argument '--\(name) <name>'")
    }
    for (part, name) in [
      (batches, "batch"), (contexts, "context"), (pipelineParallel, "pipeline-parallel"),
      (expertParallel, "expert-parallel"),
    ] where part.isEmpty {
      throw Diagnostic("--\(name) has no value")
    }
    guard Accounting.all().contains(where: { $0.name.spelling == accounting.spelling }) else {
      throw Diagnostic("unknown accounting \"\(accounting)\"; known are \(Self.accountings)")
    }
    guard encoder == nil || !images.isEmpty else { throw Diagnostic("--encoder looks at pictures; give --image") }
    guard kernels == nil || rules.kernels != nil else {
      throw Diagnostic("--kernels belongs to the exact accounting; \(rules.name) has its own operators")
    }
    guard rules.knowsEveryPass || !asksForEngines else {
      throw Diagnostic("engines belong to the exact accounting; \(rules.name) knows the request alone")
    }
    guard prices.isEmpty || !outputTokens.isEmpty || load != Question.Load() else {
      throw Diagnostic("--price-per-hour prices a whole request; say with --generate how much it generates")
    }
    guard [sample != nil, features != nil, !images.isEmpty].count(where: { $0 }) <= 1 else {
      throw Diagnostic("give one of --image, --features and --sample")
    }
    if !reducers.isEmpty, budget == nil, !tokens.allowsReducers {
      throw Diagnostic("--reducer decides the number of tokens; leave out --tokens, or use --tokens full")
    }
    if tokens.isOfCounts
      ? sample != nil || features != nil || !images.isEmpty : !images.isEmpty && !tokens.counts.isEmpty
    {
      throw Diagnostic("--tokens gives the number of tokens; leave out --image, --features and --sample")
    }
    _ = try precisions(of: nil, default: ["fp16"])
    for name in reducers where budget == nil { _ = try ReducerChain(name) }
    if budget != nil { _ = try methods() }
    if let sample { _ = try Sample.named(sample) }
    try rows.check(ofLoad: load != Question.Load())
  }

  /// The models, each for every size of images that is asked for.
  private func models(in catalog: Catalog) throws(Diagnostic) -> [MultimodalModel] {
    var all: [MultimodalModel] = []
    for name in models {
      let named = name.spelling == "all" ? try catalog.allModels() : [try catalog.model(name)]
      for model in named where !all.contains(model) {
        guard !all.contains(where: { $0.name == model.name && !sweepsModels }) else {
          throw Diagnostic("two different models are called \"\(model.name)\"; give one of them another name")
        }
        for variant in try variants(of: model) where !all.contains(variant) { all.append(variant) }
      }
    }
    return all
  }

  /// Whether a model is asked for in several forms, or with pictures of one's own choosing.
  private var sweepsModels: Bool {
    !imageSizes.isEmpty || !frames.isEmpty || !maxPixels.isEmpty || !rankRatios.isEmpty || !loraRanks.isEmpty
  }

  /// A model for every limit of pixels, every size of pictures, every number of frames, and every rank of factors and of
  /// adapters.
  private func variants(of model: MultimodalModel) throws(Diagnostic) -> [MultimodalModel] {
    var limited: [MultimodalModel] = maxPixels.isEmpty ? [model] : []
    for pixels in maxPixels { limited.append(try model.reading(mostPixels: pixels)) }
    var sized: [MultimodalModel] = imageSizes.isEmpty ? limited : []
    for model in limited { for size in imageSizes { sized.append(try model.reading(size.sizes)) } }
    var filmed: [MultimodalModel] = frames.isEmpty ? sized : []
    for model in sized { for count in frames { filmed.append(try model.reading(frames: count)) } }
    guard !rankRatios.isEmpty || !loraRanks.isEmpty else { return filmed }
    guard rules.knowsEveryPass else {
      throw Diagnostic(
        "--rank-ratio and --lora-rank belong to the exact accounting; \(rules.name) knows whole matrices")
    }
    var stored: [MultimodalModel] = []
    let ratios = rankRatios.isEmpty ? [nil] : rankRatios.map(Optional.init)
    for model in filmed {
      for ratio in ratios {
        for rank in loraRanks.isEmpty ? 0 : loraRanks {
          stored.append(try model.storing(ProductFactors(rankRatio: ratio, adapterRank: rank)))
        }
      }
    }
    return stored
  }

  /// The devices, each once.
  private func accelerators(in catalog: Catalog) throws(Diagnostic) -> [Accelerator] {
    var all: [Accelerator] = []
    for name in devices {
      let named = name.spelling == "all" ? try catalog.allHardware() : [try catalog.hardware(name)]
      for device in named where !all.contains(device) {
        guard !all.contains(where: { $0.name == device.name }) else {
          throw Diagnostic("two different devices are called \"\(device.name)\"; give one of them another name")
        }
        all.append(device)
      }
    }
    return all
  }

  private func parallelisms() throws(Diagnostic) -> [Parallelism] {
    let tensorParallel: NumberList = tensorParallel.isEmpty ? 1 : tensorParallel
    let counts = [tensorParallel, pipelineParallel, expertParallel].map(\.count)
    guard counts.reduce(1, { $0.clampedProduct($1) }) <= 100_000 else {
      throw Diagnostic(
        "expected at most 100000 ways to spread a model over devices; narrow --tensor-parallel and the like")
    }
    return tensorParallel.flatMap { tensor in
      pipelineParallel.flatMap { pipeline in
        expertParallel.map { Parallelism(tensor: tensor, pipeline: pipeline, expert: $0) }
      }
    }
  }

  /// The price of any device, and those of devices by their names in the catalog.
  private func prices(
    of devices: [Accelerator], in catalog: Catalog
  ) throws(Diagnostic) -> (any: Double?, of: [String: Double]) {
    var any: Double?
    var named: [String: Double] = [:]
    for price in prices {
      guard let name = price.device else {
        guard any == nil else {
          throw Diagnostic("--price-per-hour gives two prices of every device; name the devices")
        }
        any = price.perHour
        continue
      }
      let device = try catalog.hardware(name).name
      guard devices.contains(where: { $0.name == device }) else {
        throw Diagnostic("--price-per-hour \(price.text) is of a device that --gpu does not name")
      }
      guard named.updateValue(price.perHour, forKey: device) == nil else {
        throw Diagnostic("--price-per-hour gives two prices of \(device)")
      }
    }
    return (any, named)
  }

  /// The three longest lists, in words.
  private var longestLists: String {
    let lists = [
      ("--batch", batches.count), ("--tokens", tokens.counts.count), ("--text-tokens", textTokens.count),
      ("--generate", outputTokens.count), ("--context", contexts.count), ("--gpu", devices.count),
      ("--rank-ratio", rankRatios.count), ("--lora-rank", loraRanks.count),
      ("--tensor-parallel", tensorParallel.count), ("--pipeline-parallel", pipelineParallel.count),
      ("--expert-parallel", expertParallel.count), ("--engine", engines.count),
      ("--memory-utilization", memoryUtilizations.count), ("--max-num-seqs", maxSequences.count),
      ("--max-num-batched-tokens", maxBatchTokens.count),
    ].filter { $0.1 > 1 }
    return lists.sorted { $0.1 > $1.1 }.prefix(3).map { "\($0.0) has \($0.1) values" }.joined(separator: ", ")
  }
}
