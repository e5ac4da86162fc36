internal import ArgumentParser
internal import RooflineKit

/// What is asked: models, devices, tokens, lengths and counting rules. All lists and ranges; the rows are their product.
struct QuestionOptions: ParsableArguments {
  /// The options that add up where they are given several times.
  static let lists: Set<String> = [
    "--model", "--gpu", "--tokens", "--reducer", "--image", "--image-size", "--frames", "--max-pixels", "--rank-ratio",
    "--lora-rank", "--text-tokens", "--batch", "--generate", "--context",
    "--precision", "--kv-precision", "--tensor-parallel", "--pipeline-parallel", "--expert-parallel",
    "--engine", "--memory-utilization", "--max-num-seqs", "--max-num-batched-tokens", "--price-per-hour", "--catalog",
    "--require", "--sort", "--pareto", "--columns",
  ]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Models: catalog names, aliases, or model files, with commas between them.", valueName: "name[,...]"),
    completion: .catalog(.models))
  var model: [String] = []

  @Option(
    name: [.customLong("gpu"), .customLong("hardware")], parsing: .singleValue,
    help: ArgumentHelp(
      "Devices: catalog names, aliases, or hardware files, with commas between them; all for every one of the catalog.",
      valueName: "name[,...]"),
    completion: .catalog(.hardware))
  var gpu: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Precisions: fp32, fp16, bf16, fp8, fp8block, int8, w8a16, int4, w4a8, w4a4, fp4, mxfp4, checkpoint. Default: checkpoint "
        + "for models whose configuration states its format, else fp16,int4, of operators and compare fp16.",
      valueName: "name[,...]"))
  var precision: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Formats of the key-value cache: \(Question.cacheFormats.map(\.rawValue).joined(separator: ", ")). Default: that of "
        + "the precision.", valueName: "name[,...]"), completion: .list(Question.cacheFormats.map(\.rawValue)))
  var kvPrecision: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Visual tokens: none, full (all), adaptive (what PruMerge leaves), adaptive+ (PruMerge+), numbers and ranges as \
      16..576:16. Default: full and adaptive where the model can; none where it has no vision tower.
      """, valueName: "none|full|adaptive|N[,...]"),
    completion: .list(["none", "full", "adaptive", "adaptive+"]))
  var tokens: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      A token reducer, or two with a slash between them (prumerge/fastv); may be given several times, each counts once. See: \
      roofline list reducers
      """, valueName: "name"),
    completion: .list(Reducers.all.map(\.example)))
  var reducer: [String] = []

  @OptionGroup var source: FeatureOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Sizes of images in pixels, for models whose tokens depend on it; with a plus between them those of one request.",
      valueName: "WxH[+WxH...][,...]"))
  var imageSize: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Frames of a video that is read in place of an image, merged in time where the model does it; with --image each \
      folder is a clip of so many of its pictures.
      """,
      valueName: "n[,...]"))
  var frames: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The most pixels that an image is scaled to, for models that keep its own size. Default: as the model's processor.",
      valueName: "n[,...]"))
  var maxPixels: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Two factors in place of every matrix of the language model's layers, of so great a share of its full rank: 0.25,0.5 or 0.1..0.5:0.1.",
      valueName: "share[,...]"))
  var rankRatio: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Adapters (LoRA) of such a rank beside every matrix of the language model's layers.", valueName: "n[,...]"))
  var loraRank: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Text tokens of a sequence. Default: 40.", valueName: "n[,...]"))
  var textTokens: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Sequences that are processed together, each with its own image: 1,2,4..64 or 1..64*2. Default: 1.",
      valueName: "n[,...]"))
  var batch: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Tokens to generate for every sequence: the prefill makes the first, a step of decoding over a longer cache each other.",
      valueName: "n[,...]"))
  var generate: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Tokens of every sequence that are in the key-value cache before the prompt. Default: 0.", valueName: "n[,...]"))
  var context: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Devices that share the heads and inner widths of every layer, over their links. Default: 1, of a plan without --find 1,2,4,8.",
      valueName: "n[,...]"))
  var tensorParallel: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Devices that have some of the layers each. Default: 1.", valueName: "n[,...]"))
  var pipelineParallel: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Devices that share the experts of a mixture, and the sequences of a batch. Default: 1.", valueName: "n[,...]"))
  var expertParallel: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The price of a device for an hour; with --generate gives costs. Of one of several devices as a100-80gb=2.1, once for each.",
      valueName: "[name=]price"))
  var pricePerHour: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Engines, whose times and use of memory are reckoned with: catalog names, aliases, or engine files; kernels (or none) for \
      kernels alone and the bare request. \
      Default: the device's usual one. See: roofline list engines
      """, valueName: "name[,...]"),
    completion: .catalog(.engines))
  var engine: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The share of a device's memory that the engine may take: 0.9,0.95 or 0.8..0.95:0.05. Default: the engine's own.",
      valueName: "share[,...]"))
  var memoryUtilization: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Sequences of the largest pass, for which the engine sets memory aside. Default: the engine's own.",
      valueName: "n[,...]"))
  var maxNumSeqs: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Tokens of that pass. Default: the engine's own.", valueName: "n[,...]"))
  var maxNumBatchedTokens: [String] = []

  @Option(
    help: ArgumentHelp(
      "The counting rules: \(Accounting.all().map(\.name).joined(separator: ", ")). Default: exact.", valueName: "rules"
    ),
    completion: .list(Accounting.all().map(\.name)))
  var accounting: String?

  @Option(
    help: ArgumentHelp(
      "Kernels of the exact accounting: fused (default), as serving engines run them, or eager, step by step.",
      valueName: "fused|eager"))
  var kernels: String?

  @Option(
    help: ArgumentHelp(
      "Asks what a JSON file holds that --print-question wrote, - for standard input; other options take the place of its parts.",
      valueName: "file|-"), completion: .file(extensions: ["json"]))
  var question: String?

  @Flag(help: "Write the question as JSON, for --question, instead of an answer.")
  var printQuestion = false

  /// What the options say, by the names of the question's parts.
  var given: [(String, [String])] {
    func one(_ text: String?) -> [String] { text.map { [$0] } ?? [] }
    return [
      ("model", model), ("gpu", gpu), ("precision", precision), ("kv-precision", kvPrecision), ("tokens", tokens),
      ("reducer", reducer), ("sample", one(source.sample)), ("features", one(source.features)),
      ("image", source.images.image), ("encoder", one(source.images.encoder)),
      ("encoder-precision", one(source.images.encoderPrecision)), ("image-size", imageSize),
      ("frames", frames), ("max-pixels", maxPixels), ("rank-ratio", rankRatio), ("lora-rank", loraRank),
      ("text-tokens", textTokens), ("batch", batch),
      ("generate", generate), ("context", context), ("tensor-parallel", tensorParallel),
      ("pipeline-parallel", pipelineParallel), ("expert-parallel", expertParallel), ("engine", engine),
      ("memory-utilization", memoryUtilization), ("max-num-seqs", maxNumSeqs),
      ("max-num-batched-tokens", maxNumBatchedTokens), ("price-per-hour", pricePerHour),
      ("accounting", one(accounting)), ("kernels", one(kernels)),
    ]
  }

  /// The question that the file and the options ask, in that order.
  ///
  /// - Parameters:
  ///   - others: what other options say, by the names of the question's parts.
  ///   - complete: what else is put in where nothing is said.
  func asked(
    _ others: [(String, [String])] = [], besides complete: (inout Question) throws(Diagnostic) -> Void = { _ in }
  ) throws -> Question {
    var asked = try question.map { path throws(Diagnostic) in try Question(contentsOf: path) } ?? Question()
    if let question, question != "-" { InputFiles.add([question]) }
    try asCall { () throws(Diagnostic) in
      for (name, texts) in given + others where !texts.isEmpty { try asked.set(name, to: texts) }
      try complete(&asked)
      try asked.check()
    }
    asked.protectFiles()
    return asked
  }
}
