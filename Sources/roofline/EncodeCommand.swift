internal import ArgumentParser
internal import RooflineKit

/// `roofline encode`: runs CLIP's vision tower and writes a features file.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Run a CLIP vision tower and write the features that reducers read.",
    discussion: """
      Reads config.json and model.safetensors (or model.safetensors.index.json and its files) of the tower, alone or \
      within CLIP or LLaVA, and never downloads anything. Needs OpenBLAS (apt install libopenblas0, brew install \
      openblas).
      """)

  @Option(
    name: .customLong("pixel-values"),
    help: ArgumentHelp(
      "A safetensors file with pixel_values [3, height, width], preprocessed for the tower.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var pixelValues: String

  @Option(
    help: ArgumentHelp(
      "The tower: a folder, or a name in the hub's local cache such as openai/clip-vit-large-patch14-336.",
      valueName: "folder|name"), completion: .directory)
  var encoder: String

  @Option(
    help: ArgumentHelp(
      "Write pixel_values, tokens, keys, queries, cls_query and those of the penultimate layer to this safetensors file.",
      valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Threads that work on the image. Default: one for each processor.", valueName: "n"))
  var threads: Int?

  @Option(
    name: .customLong("repeat"), parsing: .unconditional,
    help: ArgumentHelp("Run it so many times and report the median time.", valueName: "n"))
  var repetitions = 1

  @Option(help: "How to print sizes and time: table, markdown, csv or json.")
  var format: OutputFormat = .table

  func validate() throws {
    guard (1...1_000_000).contains(repetitions) else {
      throw ValidationError("expected --repeat from 1 to 1000000, found \(repetitions)")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("expected --threads from 1 to 1024, found \(threads)")
    }
    if let output, output.isEmpty || OutputFormat(ofFileNamed: output) != nil {
      throw ValidationError("--output writes tensors; expected a file named *.safetensors, found \"\(output)\"")
    }
  }

  func run() throws {
    let pixels = try SafetensorsFile(path: pixelValues).pixelValues()
    let tower = try VisionTower(folder: HubCache.standard.encoder(encoder))
    let runner = try TowerRunner(tower, threads: threads ?? TowerRunner.processors)
    let run = try TimedEncoding(runner, pixels: pixels, name: pixelValues, repetitions: repetitions)
    if let output { try run.image.write(to: output, pixelValues: pixels) }
    try OutputOptions.print(Report(run, encoder: encoder), as: format)
  }
}
