internal import ArgumentParser
internal import RooflineKit

/// What is asked besides the prompt, and over how many devices.
struct ServingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tokens to generate for every sequence: the prefill makes the first, a step of decoding over a longer cache each other.",
      valueName: "n"),
    transform: wholeNumber)
  var generate: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens of every sequence that are in the key-value cache before the prompt.", valueName: "n"),
    transform: wholeNumber)
  var context = 0

  @Option(
    help: ArgumentHelp(
      "Format of the key-value cache: \(Self.formats.map(\.rawValue).joined(separator: ", ")). Default: that of the "
        + "precision.", valueName: "format"), completion: .list(Self.formats.map(\.rawValue)))
  var kvPrecision: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The price of one device for an hour; with --generate gives costs.", valueName: "price"))
  var pricePerHour: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Devices that share the heads and inner widths of every layer, over their links.", valueName: "n"),
    transform: wholeNumber)
  var tensorParallel = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Devices that have some of the layers each.", valueName: "n"),
    transform: wholeNumber)
  var pipelineParallel = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Devices that share the experts of a mixture, and the sequences of a batch.", valueName: "n"),
    transform: wholeNumber)
  var expertParallel = 1

  /// Formats that engines keep caches in.
  static let formats: [NumberFormat] = [.fp32, .fp16, .bf16, .fp8, .int8, .fp4, .int4]

  func validate() throws {
    let limit = Workload.positionLimit
    if let generate, !(1...limit).contains(generate) {
      throw ValidationError("expected --generate from 1 to \(limit), found \(generate)")
    }
    guard (0...limit).contains(context) else {
      throw ValidationError("expected --context from 0 to \(limit), found \(context)")
    }
    for (count, name) in [
      (tensorParallel, "tensor"), (pipelineParallel, "pipeline"), (expertParallel, "expert"),
    ] {
      guard (1...Parallelism.limit).contains(count) else {
        throw ValidationError("expected --\(name)-parallel from 1 to \(Parallelism.limit), found \(count)")
      }
    }
    if let kvPrecision, Self.formats.allSatisfy({ $0.rawValue != kvPrecision.spelling }) {
      let known = Self.formats.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("unknown format of the key-value cache \"\(kvPrecision)\"; known are \(known)")
    }
    if let pricePerHour {
      guard pricePerHour >= 0, pricePerHour <= 1e9 else {
        throw ValidationError("expected --price-per-hour from 0 to a billion, found \(pricePerHour)")
      }
      guard generate != nil else {
        throw ValidationError("--price-per-hour prices a whole request; say with --generate how much it generates")
      }
    }
  }

  /// What is asked besides the prompt.
  var serving: Serving {
    Serving(
      context: context, outputTokens: generate ?? 0, pricePerHour: pricePerHour,
      parallelism: Parallelism(tensor: tensorParallel, pipeline: pipelineParallel, expert: expertParallel))
  }

  /// The precisions with the cache in the given format.
  ///
  /// - Throws: `ValidationError` for precisions that name the cache's bits themselves, as those of LLM-Viewer do.
  func applied(to precisions: [Precision]) throws -> [Precision] {
    guard let format = Self.formats.first(where: { $0.rawValue == kvPrecision?.spelling }) else { return precisions }
    guard precisions.allSatisfy({ $0.cacheFormat != nil }) else {
      throw ValidationError(
        "--kv-precision belongs to precisions that leave the cache open; these rules' own say its bits, as in "
          + "--precision w16a16kv8")
    }
    return precisions.map { $0.caching(in: format) }
  }
}
