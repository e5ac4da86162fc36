import Testing

@Suite("Options as people write them")
struct SpellingTests {
  private let call = [
    "--model", "vicuna-7b", "--gpu", "v100", "--tokens", "64", "--precision", "fp16", "--format", "csv",
  ]

  @Test(
    "an option that takes one value is refused twice, by whatever name and form",
    arguments: [
      ["--kernels", "fused", "--kernels=eager"], ["--format", "json"], ["--output", "a.csv", "--output", "b.csv"],
      ["--accounting", "exact", "--accounting", "exact"], ["--sample", "text", "--sample", "text"],
      ["--top", "1", "--top", "2"], ["--where", "fits", "--where", "!fits"], ["--top=1", "--top", "1"],
    ])
  func repeated(arguments: [String]) throws {
    expectWrongCall(try Command.run(call + arguments), "is given twice, as ")
  }

  @Test("also of other subcommands, and where several values make no sense there")
  func repeatedElsewhere() throws {
    let compare = ["compare", "--model", "llava-1.5-7b", "--gpu", "v100"]
    expectWrongCall(
      try Command.run(compare + ["--budget", "16", "--budget", "32"]), "--budget is given twice, as \"16\" and \"32\"")
    expectWrongCall(try Command.run(["reduce", "--repeat", "2", "--repeat", "3"]), "--repeat is given twice")
    expectWrongCall(
      try Command.run(["list", "models", "--format", "csv", "--format", "json"]), "--format is given twice")
    expectWrongCall(try Command.run(["--format", "csv", "list", "models", "--format=json"]), "--format is given twice")
  }

  @Test("where a list makes sense what is given twice adds up")
  func lists() throws {
    let base = ["--model", "vicuna-7b", "--format", "csv"]
    let several = try Command.run(
      base + [
        "--gpu", "v100", "--hardware", "t4", "--tokens", "64", "--tokens", "128,64", "--precision", "fp16",
        "--precision", "int4",
      ])
    let listed = try Command.run(
      base + ["--gpu", "v100", "--gpu", "t4", "--tokens", "64,128", "--precision", "fp16,int4"])
    #expect(several.code == 0)
    #expect(several.output == listed.output)
    // A header, and 2 devices x 2 precisions x 2 numbers.
    #expect(listed.output.split(separator: "\n").count == 9)
    let mixed = try Command.rows(
      "--model", "vicuna-7b", "--gpu", "v100", "--precision", "fp16", "--tokens", "full,100", "--tokens", "adaptive")
    #expect(mixed.map { $0["visual_tokens"] as? Double } == [576, 100, 41])
  }

  @Test(
    "names ignore case, spaces and dashes",
    arguments: [
      ["--precision", "FP16"], ["--precision", "fp-16"], ["--kv-precision", "FP16"], ["--accounting", "Exact"],
      ["--kernels", "Fused"], ["--format", "CSV"], ["--gpu", "V 100"], ["--model", "Vicuna 7B"],
      ["--model", "vicuna7b"],
    ])
  func names(arguments: [String]) throws {
    var call = call
    if let index = call.firstIndex(of: arguments[0]) { call.removeSubrange(index...index + 1) }
    #expect(try Command.run(call + arguments).output == Command.run(self.call).output)
  }

  @Test("of subcommands, too")
  func otherNames() throws {
    #expect(try Command.output("show", "RTX 4090") == Command.output("show", "rtx-4090"))
    #expect(try Command.output("list", "Reducers") == Command.output("list", "reducers"))
    #expect(
      try Command.output("reduce", "--sample", "Text", "--reducer", "PruMerge", "--format", "csv").hasPrefix("reducer"))
  }

  @Test("numbers take k and M")
  func numbers() throws {
    let short = try Command.run(call.map { $0 == "64" ? "1.5k" : $0 } + ["--text-tokens", "2k", "--batch", "1K"])
    let long = try Command.run(call.map { $0 == "64" ? "1500" : $0 } + ["--text-tokens", "2000", "--batch", "1000"])
    #expect(short.code == 0)
    #expect(short.output == long.output)
    expectWrongCall(try Command.run(call + ["--batch", "2kk"]), "16..576:16, found \"2kk\"")
    expectWrongCall(try Command.run(call + ["--batch", "1.0001k"]), "16..576:16, found \"1.0001k\"")
    expectWrongCall(try Command.run(call + ["--batch", "1M"]), "expected --batch from 1 to 65536, found 1000000")
  }

  @Test("an option without a value does not swallow the subcommand behind it")
  func flags() throws {
    #expect(try Command.run(["--strict", "estimate"] + call).output == Command.run(call).output)
    #expect(try Command.run(["--fail-if-too-big"] + call + ["estimate"]).output == Command.run(call).output)
    expectWrongCall(try Command.run(["--strict", "list", "models"]), "Unknown option '--strict'")
    expectDataError(
      try Command.run(["--image", "a.png", "b.png", "attention", "--output", "map.png", "--encoder", "no"]),
      at: "no", "expected a folder")
    expectWrongCall(try Command.run(["--strict", "estimte"] + call), "did you mean \"estimate\"?")
    // A value that is the name of a subcommand stays one.
    expectDataError(try Command.run(["--model", "list", "--gpu", "v100"]), "unknown model \"list\"")
  }
}
