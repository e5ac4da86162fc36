internal import ArgumentParser
internal import RooflineKit

/// `roofline validate`: predicted times against measured ones, or pools of caches against those that engines report.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Compare predicted times, or room for caches, with measured ones.",
    discussion: """
      The file is a CSV table with a header; lines that begin with # are skipped, other columns ignored.

      Of operators: hardware, operator, precision, seconds, and the sizes that the operator needs: rows, inner and \
      columns of a matmul ([rows x inner].[inner x columns]); batch, tokens, heads, kv_heads and head_width (elements) \
      of causal attention; rows and columns (elements of a row that are written) of norm, activation, \
      gated_activation, rope (queries and keys together) and add.

      Of whole prefills: model, precision, batch (sequences; default 1), prompt_tokens (of a sequence), device, and the \
      time as seconds, or as value and unit (s, ms or tokens/s); optional are phase (only "prefill" is compared), n_dev \
      (devices), tp (those that share every layer; default: all) and kernels (fused or eager attention). Of a vision tower \
      prompt_tokens are its patches, with or without the class token. What cannot be compared is left out and counted.

      Of engines: model, device, precision, engine (or framework; of the version in engine_version), prompt_tokens, phase \
      (prefill; ttft; decode, a step's time; request or throughput), and seconds, or value and unit; optional are batch, \
      context_tokens (in the cache before), generated (or new_tokens), devices (or n_dev), tp, visual (full, none or a \
      number), reducer, kv_precision, source. Rows of servers have input_tokens, output_tokens, concurrency, request_rate \
      and ttft_mean_s, tpot_mean_s, output_tokens_per_s_total or e2e_mean_s: those of one request at a time, and of batches \
      that start and end together (request_rate "offline ..."). Names that are not known are errors: they are counted, and \
      the status is 1.

      Of engines' starts: model, device, gpu_memory_utilization and kv_cache_gib (the pool of the cache on a device, GiB); \
      optional are engine (default: vllm), engine_version, tp, pp, max_model_len, max_num_seqs, max_num_batched_tokens, \
      dtype, quantization, kv_cache_dtype, kv_cache_tokens and failed (1 of a run that did not start).

      Times may have a source, which --worst shows. Of two it is known what they timed: aiconfigurator's 8-bit products \
      include kernels that quantise the input; of vidur's phi-2 add is two sums and norm a layer norm, of all others \
      one sum and an RMS norm.
      """)

  @Option(help: ArgumentHelp("The measured times.", valueName: "file"))
  var measurements: String

  @Option(
    name: [.customLong("hardware"), .customLong("gpu")], help: ArgumentHelp("Only this device.", valueName: "name"))
  var hardware: String?

  @Option(
    help: ArgumentHelp(
      "List so many of the rows that are farthest off, and of those faster than the bound: in JSON as worst and suspects, "
        + "beside rows; CSV holds the worst rows in place of the groups.", valueName: "n"),
    transform: wholeNumber)
  var worst = 0

  @Flag(
    help: ArgumentHelp(
      "Fit the figures of engines and their devices to the rows, and judge the rows of every source by a fit without them."
    ))
  var leftOut = false

  @Option(
    help: ArgumentHelp(
      "Fit this engine's times to its rows and write an engine file, for --engine; see Documentation/times.md.",
      valueName: "engine"))
  var fit: String?

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...1_000_000).contains(worst) else {
      throw ValidationError("expected --worst from 0 to 1000000, found \(worst)")
    }
    let asked = [("--worst", worst > 0), ("--left-out", leftOut), ("--fit", fit != nil)].filter(\.1).map(\.0)
    guard asked.count <= 1 else {
      throw ValidationError("\(asked.joined(separator: " and ")) write different answers; give one of them")
    }
  }

  func run() throws {
    let catalog = try catalog.catalog()
    if try MemoryValidation.reads(measurements) {
      try checkHasNoFits()
      let validation = try MemoryValidation(measurements: measurements, hardware: hardware, catalog: catalog)
      return try output.write(Report(validation, worst: worst))
    }
    if try EngineValidation.reads(measurements) {
      let validation = try EngineValidation(measurements: measurements, hardware: hardware, catalog: catalog)
      if let fit {
        return try output.write(text: FittedEngine(validation, of: catalog.engine(fit)).file)
      }
      try output.write(leftOut ? Report(LeftOutSources(validation)) : Report(validation, worst: worst))
      guard validation.unknown.isEmpty else { throw ExitCode.failure }
      return
    }
    try checkHasNoFits()
    let validation = try Validation(measurements: measurements, hardware: hardware, catalog: catalog)
    try output.write(Report(validation, worst: worst))
  }

  /// - Throws: `ValidationError` for what is only asked of the times of engines.
  private func checkHasNoFits() throws {
    guard fit != nil || leftOut else { return }
    throw ValidationError("--fit and --left-out need times of engines, with a column that names the engine")
  }
}
