import Testing

@Suite("--catalog and ROOFLINE_CATALOG")
struct CatalogOptionTests {
  /// A folder with a `v100` of its own, of so many GB/s.
  private func catalog(gigabytes: Int) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let text = FileKind.hardware.sample.with("v100", for: "my-gpu").with("\(gigabytes) GB/s", for: "500 GB/s")
    try folder.write("hardware/v100.yaml", text.utf8)
    return folder
  }

  /// The bandwidth of `v100` in GB/s under these options.
  private func bandwidth(_ arguments: [String] = [], environment: String? = nil) throws -> Double {
    let run = try Command.run(
      ["list", "hardware", "--format", "csv"] + arguments,
      environment: environment.map { ["ROOFLINE_CATALOG": $0] } ?? [:])
    #expect(run.code == 0, "\(run.error)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(lines.first?.firstIndex(of: "bandwidth_bytes_per_second"))
    let line = try #require(lines.first { $0[0] == "v100" })
    return try #require(Double(line[column])) / 1e9
  }

  @Test("the command line before the environment, the first folder before the second, all before what is built in")
  func precedence() throws {
    let (a, b, c) = (try catalog(gigabytes: 111), try catalog(gigabytes: 222), try catalog(gigabytes: 333))
    #expect(try bandwidth() == 900)
    #expect(try bandwidth(["--catalog", a.path]) == 111)
    #expect(try bandwidth(environment: b.path) == 222)
    #expect(try bandwidth(["--catalog", a.path], environment: b.path) == 111)
    #expect(try bandwidth(["--catalog", b.path, "--catalog", a.path]) == 222)
    #expect(try bandwidth(environment: "\(c.path):\(b.path)") == 333)
    #expect(try bandwidth(environment: ":\(c.path):") == 333)
    #expect(try bandwidth(environment: "") == 900)
  }

  @Test("a relative folder counts from where the command runs")
  func relative() throws {
    let folder = try catalog(gigabytes: 111)
    let run = try Command.run(["show", "v100", "--catalog", "."], folder: folder.path)
    #expect(run.code == 0 && run.output.contains("111 GB/s"))
  }

  @Test("what is no catalog is one error")
  func wrongFolders() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", [])
    for (path, message) in [
      ("\(folder.path)/none", "is no folder"), (file, "is no folder"),
      (folder.path, "has no folder \"hardware\", \"models\" or \"engines\" in it"),
    ] {
      expectDataError(try Command.run(["list", "models", "--catalog", path]), at: path, message)
      expectDataError(
        try Command.run(["list", "models"], environment: ["ROOFLINE_CATALOG": path]), at: path, message)
    }
  }

  @Test("one wrong file does not stand in the way of calls that do not use it; `list` names it")
  func wrongFileBesides() throws {
    let folder = try catalog(gigabytes: 111)
    let file = try folder.write("hardware/broken.yaml", "name: broken\n".utf8)
    let call = ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "1", "--catalog", folder.path]
    #expect(try Command.run(call).code == 0)
    expectDataError(
      try Command.run(["list", "hardware", "--catalog", folder.path]), at: "\(file):1:1",
      "the hardware file lacks the required key \"title\"")
  }

  @Test("a catalog's model may refer to a built-in one")
  func references() throws {
    let folder = try TemporaryFolder()
    let text = """
      name: half
      title: Half of Vicuna
      language: { model: vicuna-7b, layers: 16 }
      sources: { language: "made up" }
      """
    try folder.write("models/half.yaml", text.utf8)
    let row = try Command.rows("--model", "half", "--gpu", "v100", "--tokens", "576", "--catalog", folder.path)[0]
    // Two tables of 32000 x 4096, 16 layers of 4 x 4096^2 + 3 x 4096 x 11008 + 2 x 4096, and a norm of 4096.
    let expected: Double = 2 * 131_072_000 + 16 * 202_383_360 + 4096
    #expect(row["parameters"] as? Double == expected)
  }
}
