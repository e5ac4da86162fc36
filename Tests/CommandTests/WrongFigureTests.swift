import Testing

@Suite("Wrong figures and keys")
struct WrongFigureTests {
  private func expect(
    _ kind: FileKind, _ old: String, _ new: String, at place: String, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for access in FileKind.Access.allCases {
      let (run, file) = try kind.run(kind.sample.with(new, for: old).utf8, as: access)
      expectDataError(run, at: "\(file):\(place)", message, sourceLocation: sourceLocation)
    }
  }

  // The bandwidth stands in line 8 from column 23 on.
  @Test(arguments: [
    "-500 GB/s", "0 GB/s", "nan GB/s", "inf GB/s", "1e308 GB/s", "1e308 B/s", "1e400 GB/s", "500 GB", "500 TFLOP/s",
    "500", "0x10 GB/s", "1_000 GB/s", "500 gb/s", "５００ GB/s",
  ])
  func bandwidth(value: String) throws {
    try expect(.hardware, "500 GB/s", value, at: "8:23", "the bandwidth")
  }

  // The number of layers stands in line 4 from column 11 on.
  @Test(arguments: ["-2", "0", "nan", "inf", "1e308", "9223372036854775808", "2 layers", "2.5", "two", "\"2\"", "[2]"])
  func layers(value: String) throws {
    try expect(.models, "layers: 2", "layers: \(value)", at: "4:11", "expected \"layers\" to be a whole number from 1")
  }

  @Test("figures of a model that trap where products of them are not checked")
  func largestFigures() throws {
    let largest = FileKind.models.sample
      .with("layers: 4096", for: "layers: 2").with("width: 1048576", for: "width: 8")
      .with("heads: 16384\n  head_width: 65536", for: "heads: 2").with("feed_forward: 1048576", for: "feed_forward: 16")
      .with("vocabulary: 10000000", for: "vocabulary: 100")
    let folder = try TemporaryFolder()
    let file = try folder.write("m.yaml", largest.utf8)
    let run = try Command.run([
      "--model", file, "--gpu", "v100", "--tokens", "1048576", "--text-tokens", "1048576", "--batch", "65536",
      "--format", "json",
    ])
    #expect(run.code == 0, "\(run.error)")
    #expect(!run.output.contains("inf") && !run.output.contains("nan"))
  }

  @Test func misspeltKeys() throws {
    try expect(
      .hardware, "vendor:", "vender:", at: "3:1",
      "unknown key \"vender\" in the hardware file; did you mean \"vendor\"?")
    try expect(
      .hardware, "bandwidth:", "bandwith:", at: "8:3", "unknown key \"bandwith\" in memory; did you mean \"bandwidth\"?"
    )
    try expect(
      .models, "feed_forward:", "feedforward:", at: "7:3",
      "unknown key \"feedforward\" in the language part; did you mean \"feed_forward\"?")
    try expect(.models, "title:", "titel:", at: "2:1", "did you mean \"title\"?")
  }

  @Test func duplicateKeys() throws {
    try expect(
      .hardware, "kind: gpu", "kind: gpu\nkind: cpu", at: "5:1", "duplicate key \"kind\"; it already stands in line 4")
    try expect(
      .models, "  heads: 2", "  heads: 2\n  heads: 4", at: "7:3", "duplicate key \"heads\"; it already stands in line 6"
    )
  }

  @Test func missingFields() throws {
    try expect(.hardware, "vendor: Nobody\n", "", at: "1:1", "the hardware file lacks the required key \"vendor\"")
    try expect(
      .hardware, "value: 500 GB/s, ", "", at: "8:14", "the bandwidth lacks the required key \"value\"")
    try expect(.models, "  heads: 2\n", "", at: "4:3", "the language part lacks the required key \"heads\"")
    try expect(.models, "sources: { language: \"made up\" }\n", "", at: "1:1", "lacks the required key \"sources\"")
  }

  @Test("figures that contradict each other")
  func contradictions() throws {
    try expect(.models, "heads: 2", "heads: 3", at: "6:10", "3 heads do not divide the width 8")
    // 100 x 8 embeddings and as many in the head, two layers of 4 x 8 x 8 + 3 x 8 x 16 + 2 x 8, a norm of 8: 2920.
    try expect(
      .models, "sources:", "parameters: 2921\nsources:", at: "10:13",
      "the file states 2921 parameters, but its figures describe 2920")
    try expect(.hardware, "500 GB/s", "500 MB/s", at: "6:18", "check the figures and their units")
  }

  @Test("an unknown model or device is met with the nearest names")
  func unknownNames() throws {
    expectDataError(
      try Command.run(["--model", "vicunna7b", "--gpu", "v100"]),
      "unknown model \"vicunna7b\"; did you mean \"vicuna-7b\"")
    expectDataError(
      try Command.run(["--model", "vicuna-7b", "--gpu", "v10"]), "unknown hardware \"v10\"; did you mean ")
    expectDataError(
      try Command.run(["--model", "vicuna-7b", "--gpu", "threadripper"]),
      "unknown hardware \"threadripper\"; \"roofline list hardware\" lists them all")
    expectDataError(try Command.run(["show", "v101"]), "nothing is called \"v101\"; did you mean \"v100\"")
    let long = String(repeating: "x", count: 100_000)
    expectDataError(try Command.run(["--model", long, "--gpu", "v100"]), "unknown model \"xxx")
  }
}
