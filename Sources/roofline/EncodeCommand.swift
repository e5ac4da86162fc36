internal import ArgumentParser
internal import RooflineKit

/// `roofline encode`: runs a vision tower and writes a features file.
struct EncodeCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Run a vision tower and write its hidden states and the features that reducers read.",
    discussion: """
      Runs the towers of CLIP, SigLIP, SigLIP 2, Qwen2-VL, Qwen2.5-VL, Qwen3-VL, InternVL and DINOv2. Reads config.json \
      and model.safetensors (or model.safetensors.index.json and its files) of the tower, alone or in a model, and never \
      downloads anything. Needs OpenBLAS (apt install libopenblas0, brew install openblas).

      Writes tokens, keys, queries and cls_query or mean_attention, where there is another layer penultimate_keys (and \
      penultimate_cls_query), the states penultimate, last, merged and deepstack.N, and pixel_values (of patches with \
      grid_thw or spatial_shapes). Its time is that of the whole tower and of the model's projector.
      """)

  @Option(
    name: .customLong("pixel-values"),
    help: ArgumentHelp(
      "A safetensors file with pixel_values as the tower's preprocessing makes them: [3, height, width], or rows of patches "
        + "and grid_thw [1, 3].",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var pixelValues: String?

  @OptionGroup var source: ImageOptions

  @Option(
    help: ArgumentHelp(
      """
      Write pixel_values, penultimate, last, merged and what reducers read (tokens, keys, queries, cls_query) to this \
      safetensors file; for several pictures a folder.
      """, valueName: "file|folder"))
  var output: String?

  @Option(
    help: ArgumentHelp("Threads that work on --pixel-values. Default: one for each processor.", valueName: "n"),
    transform: wholeNumber)
  var threads: Int?

  @Option(
    name: .customLong("repeat"), parsing: .unconditional,
    help: ArgumentHelp("Run it so many times and report the median time.", valueName: "n"),
    transform: wholeNumber)
  var repetitions = 1

  @OptionGroup var images: ImageRunOptions

  @Option(help: "How to print sizes and time: table, markdown, csv or json.")
  var format: OutputFormat = .table

  var outputs: [(option: String, path: String)] {
    [("standard output", "-")] + (output.map { [("--output", $0)] } ?? [])
  }

  func validate() throws {
    guard (1...1_000_000).contains(repetitions) else {
      throw ValidationError("expected --repeat from 1 to 1000000, found \(repetitions)")
    }
    guard (pixelValues != nil) != source.isGiven else { throw ValidationError("give --image or --pixel-values") }
    guard threads == nil || pixelValues != nil else {
      throw ValidationError("--threads is for --pixel-values; pictures share the processors by --jobs")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("expected --threads from 1 to 1024, found \(threads)")
    }
    _ = try name
  }

  private var name: OutputName? {
    get throws {
      try output.map { try OutputName($0, for: ".safetensors", holding: "tensors", folders: source.isGiven) }
    }
  }

  func run() throws {
    try images.check(hasPictures: source.isGiven)
    guard let pixelValues else { return try encodePictures(source.paths()) }
    let encoder = try source.encoder ?? Catalog.standard.encoder(of: "llava-1.5-7b")
    let tower = try VisionTower(folder: HubCache.standard.encoder(encoder), precision: source.precision)
    if let note = tower.note { Console.complain("note: \(note)") }
    if let output { try OutputFile.check(output) }
    let pixels = try SafetensorsFile(path: pixelValues).pixels(for: tower.description)
    let runner = try TowerRunner(tower, threads: threads ?? TowerRunner.processors)
    let run = try TimedEncoding(runner, pixels: pixels, name: pixelValues, repetitions: repetitions)
    if let output { try run.picture.write(to: output, pixels: pixels) }
    try OutputOptions.print(Report(run, encoder: encoder), as: format)
  }

  /// Encodes pictures, each into a file of its own; of several, each is one line or row.
  private func encodePictures(_ paths: [String]) throws {
    let encoder = try source.loadEncoder()
    let files = try name.map { try PictureFiles(for: paths, at: $0) }
    let repetitions = repetitions
    var stream = RecordStream(format)
    if let note = encoder.note { Console.complain("note: \(note)") }
    let tally = try images.measure(paths, encoder: encoder) { (photograph) throws(Diagnostic) in
      let run = try photograph.timedEncoding(repetitions: repetitions)
      let file = try files.map { (files) throws(Diagnostic) in
        files.written(photograph.index, try run.picture.safetensors(pixels: run.pixels))
      }
      return (report: Report(run, encoder: encoder.name), seconds: run.seconds, notes: photograph.notes, file: file)
    } deliver: { (path, result) throws(Diagnostic) in
      for note in result.notes { Console.complain("\(path): note: \(note)") }
      try Interrupts.uninterrupted { () throws(Diagnostic) in
        let file = try result.file?.get()
        try file?.finish()
        if let bytes = stream?.next(result.report.records) { return try Console.write(bytes) }
        if paths.count == 1 { return try OutputOptions.print(result.report, as: format) }
        try Console.say("\(path): \(Seconds(result.seconds))\(file.map { ", \($0.path)" } ?? "")")
      }
    }
    if let stream { try Console.write(stream.end(tally.record.fields + [.init(key: "summary", value: .records([]))])) }
    images.finish(tally)
  }
}
