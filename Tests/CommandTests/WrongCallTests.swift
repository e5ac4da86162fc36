import Testing

@Suite("Wrong calls")
struct WrongCallTests {
  private func run(_ arguments: String...) throws -> Run {
    try Command.run(["--model", "vicuna-7b", "--gpu", "v100"] + arguments)
  }

  @Test(
    "numbers of tokens that make no sense are refused, and quoted",
    arguments: [
      "0", "-1", "1e9", "abc", "", "1000000000", "99999999999999999999999", "1.5", "576,", ",576", "576,0", "576 616",
      "0x10", "inf", "nan", "Fulll", "adaptive++",
    ])
  func tokens(value: String) throws {
    expectWrongCall(
      try run("--tokens", value), value.isEmpty ? "expected a value of --tokens" : "as --tokens, found \"\(value)\"")
    guard !value.isEmpty else { return }
    expectWrongCall(try run("--tokens=\(value)"), "as --tokens, found \"\(value)\"")
  }

  @Test func reduceTakesOneReducer() throws {
    let run = try Command.run(["reduce", "--sample", "text", "--reducer", "prumerge", "--reducer", "prumerge+"])
    expectWrongCall(run, "reduce runs one --reducer, found 2")
  }

  @Test(arguments: ["9223372036854775807", "65537", "0", "-1"])
  func batchOutOfRange(value: String) throws {
    expectWrongCall(try run("--batch", value), "expected --batch from 1 to 65536, found \(value)")
  }

  @Test(arguments: ["9223372036854775808", "1e3", "two", ""])
  func batchThatIsNoNumber(value: String) throws {
    let message =
      value.isEmpty ? "expected a value of --batch" : "or a list or range as 1,2,4 or 16..576:16, found \"\(value)\""
    expectWrongCall(try run("--batch", value), message)
  }

  @Test(arguments: ["-1", "1048577", "9223372036854775807"])
  func textTokens(value: String) throws {
    expectWrongCall(try run("--text-tokens", value), "expected --text-tokens from 0 to 1048576, found \(value)")
  }

  @Test(
    "names that are not known are met with those that are",
    arguments: [
      (
        ["--precision", "fp17"],
        "unknown precision \"fp17\"; known are fp32, fp16, bf16, fp8, fp8block, int8, w8a16, int4, w4a8, "
      ),
      (
        ["--precision", "fp16,,int4"],
        "expected values with commas between them after --precision, found \"fp16,,int4\""
      ),
      (["--sample", "texts"], "unknown sample \"texts\"; known are text, objects, diagram"),
      (
        ["--tokens", "64", "--sample", "text"],
        "--tokens gives the number of tokens; leave out --image, --features and --sample"
      ),
      (["--reducer", "prumrge"], "unknown reducer \"prumrge\"; did you mean \"prumerge\" or \"prumerge+\"?"),
      (["--reducer", "prumerge:ratio=0"], "above 0 and at most 1"),
      (["--reducer", "prumerge:ratio=nan"], "above 0 and at most 1"),
      (["--reducer", "prumerge:size=3"], "unknown argument \"size\""),
      (["--reducer", "prumerge", "--tokens", "64"], "--reducer decides the number of tokens"),
      (["--accounting", "roof"], "\"roof\""),
      (["--kernels", "fast"], "expected --kernels fused or eager, found \"fast\""),
      (["--format", "xml"], "The value 'xml' is invalid for '--format"),
      (["--sample", "text", "--features", "f"], "give one of --image, --features and --sample"),
      (["--output", ""], "expected the name of a file after --output"),
      (["--catalog", ""], "expected the name of a folder after --catalog"),
      (["--verbose"], "Unknown option '--verbose'"),
    ])
  func names(arguments: [String], message: String) throws {
    let base = ["--model", "vicuna-7b", "--gpu", "v100"]
    expectWrongCall(try Command.run(base + arguments), message)
  }

  @Test(
    "shares that make no sense are refused, and quoted",
    arguments: ["nan", "inf", "-inf", "-0.25", "0", "1.5", "1e400", "1e-400", "", "x"])
  func shares(value: String) throws {
    guard !value.isEmpty else {
      return expectWrongCall(try run("--reducer", "divprune:"), "the reducer \"divprune:\" has an empty argument")
    }
    expectWrongCall(
      try run("--reducer", "divprune:\(value)"),
      "the reducer \"divprune:\(value)\" gives \"\(value)\"; expected the share of the tokens to keep")
    expectWrongCall(try run("--reducer", "divprune"), "the reducer \"divprune\" lacks the share of the tokens to keep")
    expectWrongCall(try run("--reducer", "evit:keep=\(value)"), "as its keep; expected")
  }

  @Test("a word that is no subcommand is met with those that are")
  func subcommands() throws {
    expectWrongCall(try Command.run(["shwo", "v100"]), "no subcommand \"shwo\"; did you mean \"show\"?")
    expectWrongCall(try Command.run(["estimat", "--gpu", "v100"]), "did you mean \"estimate\"?")
    expectWrongCall(try Command.run(["vicuna-7b"]), "no subcommand \"vicuna-7b\"; there are estimate, operators")
    expectWrongCall(try run("extra"), "Unexpected argument 'extra'")
  }

  @Test("options may stand before the subcommand")
  func optionsBeforeSubcommand() throws {
    for arguments in [["--format", "csv", "list", "hardware"], ["--format=csv", "list", "hardware"]] {
      let run = try Command.run(arguments)
      #expect(run.code == 0)
      #expect(try run.output == Command.output("list", "hardware", "--format", "csv"))
    }
    let request = ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "64"]
    #expect(try Command.run(request + ["operators"]).output == Command.run(["operators"] + request).output)
  }

  @Test("--output says which endings it knows")
  func endings() throws {
    for name in ["estimate.xyz", "folder.d/estimate.xlsx"] {
      expectWrongCall(
        try run("--output", name),
        "the ending of \"\(name)\" names no format; use .txt (a table), .md, .csv, .json, .jsonl, .svg or .html")
    }
  }

  @Test func missingArguments() throws {
    expectWrongCall(try Command.run(["--model", "vicuna-7b"]), "Missing expected argument '--gpu")
    expectWrongCall(try Command.run(["--gpu", "v100"]), "Missing expected argument '--model")
    expectWrongCall(try Command.run(["list"]), "Missing expected argument '<kind>'")
    expectWrongCall(try Command.run(["list", "gpus"]), "The value 'gpus' is invalid")
    expectWrongCall(try Command.run(["show"]), "Missing expected argument '<name>'")
  }

  @Test func reduceCommand() throws {
    expectWrongCall(try Command.run(["reduce", "--repeat", "-1"]), "expected --repeat from 1 to 1000000, found -1")
    expectWrongCall(try Command.run(["reduce", "--repeat", "0"]), "expected --repeat from 1 to 1000000, found 0")
    expectWrongCall(try Command.run(["reduce", "--reducer", "none"]), "unknown reducer \"none\"")
  }

  @Test func operatorsCommand() throws {
    let base = ["operators", "--model", "vicuna-7b", "--gpu", "v100"]
    expectWrongCall(try Command.run(base + ["--precision", "fp16,int4"]), "give one --precision")
    expectWrongCall(try Command.run(base + ["--tokens", "1,2"]), "give one number of --tokens")
  }

  @Test("a misspelt option is named though another one is missing then")
  func misspeltOptions() throws {
    expectWrongCall(
      try Command.run(["--modle", "vicuna-7b", "--gpu", "v100"]), "Unknown option '--modle'. Did you mean '--model'?")
    expectWrongCall(
      try Command.run(["validate", "--measurement=x.csv"]),
      "Unknown option '--measurement'. Did you mean '--measurements'?")
    expectWrongCall(
      try Command.run(["compare", "--gpu", "v100", "--zzz"]), "Unknown option '--zzz'. See 'roofline help")
    expectWrongCall(
      try Command.run(["--model", "vicuna-7b", "--tokenz", "5", "--gpu", "v100"]), "Did you mean '--tokens'?")
  }

  @Test("help on what is no subcommand is a wrong call")
  func help() throws {
    expectWrongCall(try Command.run(["help", "shwo"]), "no subcommand \"shwo\"; did you mean \"show\"?")
    expectWrongCall(try Command.run(["help", "nope"]), "no subcommand \"nope\"; there are estimate")
    #expect(try Command.output("help", "show") == Command.output("show", "--help"))
  }

  @Test("- is standard output where the output is text")
  func standardOutput() throws {
    let plain = try Command.output("list", "hardware", "--format", "csv")
    #expect(try Command.output("list", "hardware", "--format", "csv", "--output", "-") == plain)
    #expect(try Command.output("list", "hardware", "--output=-") == Command.output("list", "hardware"))
  }
}
