internal import ArgumentParser
internal import RooflineKit

/// Pictures, and the encoder that looks at them.
struct ImageOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Pictures (JPEG or PNG): files, folders with all pictures in and below them, or @LIST with one path a line; \
      several values, or several times.
      """, valueName: "file|folder|@list"), completion: .file())
  var image: [String] = []

  @Option(
    help: ArgumentHelp(
      "The vision tower that looks at them: a folder, or a name in the hub's local cache. Default: the model's own.",
      valueName: "folder|name"), completion: .directory)
  var encoder: String?

  @Option(
    name: .customLong("encoder-precision"),
    help: ArgumentHelp(
      "In what it computes: f32, or bf16, which takes AVX-512 BF16 or AMX and oneDNN (libdnnl), and is F32 without. Default: f32.",
      valueName: "precision"), completion: .list(["f32", "bf16"]))
  var encoderPrecision: String?

  /// The same as it is meant.
  var precision: EncoderPrecision {
    get throws(Diagnostic) {
      if let encoderPrecision { try EncoderPrecision(named: encoderPrecision) } else { .f32 }
    }
  }

  func validate() throws {
    _ = try precision
    if image.contains("") { throw ValidationError("expected the name of a file after --image") }
    if encoder == "" { throw ValidationError("expected a folder or a name after --encoder") }
  }

  /// Whether pictures are given.
  var isGiven: Bool { !image.isEmpty }

  /// The paths of the pictures, none of which an output may replace.
  func paths() throws(Diagnostic) -> [String] { try Self.paths(image) }

  /// The paths of pictures by files, folders or lists, or of clips by folders, none of which an output may replace.
  static func paths(_ names: [String], clips: Bool = false) throws(Diagnostic) -> [String] {
    let paths = try ImageList(names, clips: clips).paths
    if clips { paths.forEach(InputFiles.addFolder) } else { InputFiles.add(paths) }
    return paths
  }

  /// The path of the one picture that a command takes.
  func path() throws -> String {
    let paths = try paths()
    guard let path = paths.first, paths.count == 1 else {
      throw ValidationError("one picture is looked at here; --image names \(paths.count)")
    }
    return path
  }

  /// The encoder that is asked for, or that of a model.
  func loadEncoder(
    orOf model: String = "llava-1.5-7b", in catalog: Catalog = .standard
  ) throws(Diagnostic) -> ImageEncoder {
    let name = if let encoder { encoder } else { try catalog.encoder(of: model) }
    return try ImageEncoder(name, precision: precision, hub: catalog.hub)
  }
}

/// How a run over many pictures goes.
struct ImageRunOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pictures that are worked on at a time; their threads share the processors. Default: one for each processor.",
      valueName: "n"),
    transform: wholeNumber)
  var jobs: Int?

  @Flag(help: "End at the first picture that cannot be read, instead of skipping it.")
  var strict = false

  func validate() throws {
    if let jobs, !(1...ImageRun.jobLimit).contains(jobs) {
      throw ValidationError("expected --jobs from 1 to \(ImageRun.jobLimit), found \(jobs)")
    }
  }

  /// - Throws: `ValidationError` for what is said of pictures where there are none.
  func check(hasPictures: Bool) throws {
    guard !hasPictures, jobs != nil else { return }
    throw ValidationError("--jobs is of pictures; give --image, or leave it out")
  }

  /// Measures pictures, showing how far it is; one that fails is reported and skipped, unless it is the only one.
  ///
  /// - Returns: How many came out how; where the user interrupted the run, what is done is to be written, and then
  ///   `Interrupts.leave` called.
  func measure<Value: Sendable>(
    _ paths: [String], encoder: ImageEncoder?, frames: Int? = nil,
    _ work: @escaping @Sendable (Photograph) throws(Diagnostic) -> Value,
    deliver: (String, Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> ImageRun.Tally {
    let run = ImageRun(paths, encoder: encoder, jobs: jobs, frames: frames)
    if paths.count > 1 { Interrupts.hold() }
    defer { Console.progress(nil) }
    let tally = try run.measure(
      work, isStopped: { Interrupts.isPending },
      progress: { if paths.count > 1 { Console.progress($0.text(width: Console.errorWidth)) } },
      deliver: { (path, result) throws(Diagnostic) in
        switch result {
        case .success(let value): try deliver(path, value)
        case .failure(let error):
          if strict || paths.count == 1 { throw error }
          Console.complain("\(error); skipped")
        }
      })
    if tally.finished == 0, !tally.isInterrupted {
      throw Diagnostic("none of the \(tally.total) images could be read")
    }
    return tally
  }

  /// Says on standard error what is missing, if anything, and ends the program if the user interrupted it.
  func finish(_ tally: ImageRun.Tally) {
    if tally.failed > 0 { Console.complain("\(tally.failed) of \(tally.total) images skipped") }
    if tally.isInterrupted {
      Console.complain("interrupted: this is of \(tally.finished) of \(tally.total) images")
      Interrupts.leave()
    }
  }
}
