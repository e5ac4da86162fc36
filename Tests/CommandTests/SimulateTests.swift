import Foundation
import Testing

@Suite struct SimulateTests {
  private let call = [
    "simulate", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--precision", "bf16", "--tokens", "none",
    "--text-tokens", "200", "--generate", "20", "--requests", "60",
  ]

  private func output(_ arguments: [String]) throws -> String {
    let run = try Command.run(arguments)
    #expect(run.code == 0, "\(run.error)")
    return run.output
  }

  @Test("a row has all figures, and rates and clients are rows")
  func keys() throws {
    let rows = try Command.rows(call + ["--rate", "5,50", "--concurrency", "4"])
    #expect(rows.map { $0["rate"] as? Double } == [5, 50, nil])
    #expect(rows.map { $0["concurrency"] as? Int } == [nil, nil, 4])
    let row = try #require(rows.first)
    for name in ["ttft", "tpot", "e2e"] {
      let times = ["mean", "p50", "p90", "p95", "p99"].compactMap { row["\(name)_\($0)_seconds"] as? Double }
      #expect(times.count == 5 && Array(times.dropFirst()) == times.dropFirst().sorted())
    }
    for key in [
      "output_tokens_per_second", "requests_per_second", "goodput_requests_per_second", "kv_used_share",
      "energy_joules", "cost_per_million_tokens",
    ] {
      #expect(row[key] as? Double ?? 0 > 0, "\(key)")
    }
    #expect(row["preemptions"] as? Int == 0)
    #expect(row["requests"] as? Int == 60)
  }

  @Test("all of it can be written down and asked again")
  func question() throws {
    let options = [
      "--rate", "5", "--arrivals", "gamma:cv=2", "--engine", "sglang", "--max-num-seqs", "8", "--ttft", "100ms",
      "--speculate", "tokens=3,acceptance=0.5", "--replicas", "2", "--routing", "least-loaded", "--warmup", "5",
      "--shared-prompt", "64", "--seed", "3",
    ]
    let call = ["simulate", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--tokens", "none", "--requests", "50"]
    let lengths = ["--text-tokens", "lognormal:mean=200,p95=600", "--generate", "uniform:min=5,max=9"]
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/question.json"
    _ = try output(call + lengths + options + ["--print-question", "--output", file])
    let first = try output(call + lengths + options + ["--format", "json"])
    #expect(try output(["simulate", "--question", file, "--format", "json"]) == first)
    #expect(try Command.run(["--question", file]).error.contains("roofline simulate answers it"))
  }

  @Test("requests, passes and what happened over time are files")
  func files() throws {
    let folder = try TemporaryFolder()
    let paths = ["rows.csv", "time.csv", "passes.jsonl"].map { "\(folder.path)/\($0)" }
    _ = try output(
      call + ["--concurrency", "4", "--request-rows", paths[0], "--timeline", paths[1], "--passes", paths[2]])
    let texts = try ["rows.csv", "time.csv", "passes.jsonl"].map { try folder.text($0) }
    // A header and 60 requests; 60 requests of 20 tokens, 4 at a time, take 15 x 20 passes.
    #expect(texts[0].split(separator: "\n").count == 61)
    #expect(texts[1].hasPrefix("time_seconds,seconds,waiting,running,kv_used_share,"))
    #expect(texts[2].split(separator: "\n").count == 300)
  }

  @Test(
    "an engine's pool is that of an estimate",
    arguments: [
      ["--model", "gemma-3-27b", "--gpu", "h100-sxm", "--engine", "vllm"],
      ["--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--engine", "vllm", "--pipeline-parallel", "3"],
    ])
  func pools(_ model: [String]) throws {
    let request = model + ["--precision", "bf16", "--tokens", "none", "--generate", "2"]
    let estimate = try #require(try Command.rows(request).first?["kv_capacity_tokens"] as? Int)
    let row = try #require(try Command.rows(["simulate"] + request + ["--rate", "1", "--requests", "3"]).first)
    // Whole blocks of 16.
    #expect(row["kv_capacity_tokens"] as? Int == estimate / 16 * 16)
  }

  @Test("a tower of its own stands where requests come in, one for each engine that fills")
  func devices() throws {
    let rows = try Command.rows([
      "simulate", "--model", "llava-1.5-7b", "--gpu", "a100-80gb", "--precision", "fp16", "--generate", "2", "--rate",
      "1",
      "--requests", "3", "--tokens", "full", "--tower", "own", "--disaggregate", "prefill=1,decode=3",
    ])
    #expect(rows.first?["devices"] as? Int == 5)
  }

  @Test("a scenario runs the scheduler alone")
  func scenario() throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/scenario.json"
    try Data("{\"price\": {\"pass\": 1}, \"requests\": [{\"arrival\": 0, \"prompt\": 5, \"output\": 3}]}".utf8)
      .write(to: URL(fileURLWithPath: file))
    let rows = try Command.rows(["simulate", "--scenario", file])
    #expect(rows.first?["ttft_mean_seconds"] as? Double == 1)
    #expect(rows.first?["tpot_mean_seconds"] as? Double == 1)
    #expect(rows.first?["passes"] as? Int == 3)
    let late = try Command.rows(["simulate", "--scenario", file, "--ttft", "0.5s"])
    #expect(late.first?["goodput_requests_per_second"] as? Double == 0)
    let both = try Command.run(["simulate", "--scenario", file, "--rate", "3"])
    #expect(both.code == 64 && both.error.contains("leave out --rate"))
  }

  @Test(
    "wrong calls are met with what to write",
    arguments: [
      ([], "say how requests come: --rate, --concurrency or --trace"),
      (["--rate", "0"], "expected --rate from 1e-09 to 1000000000"),
      (["--rate", "nan"], "expected --rate from 1e-09 to 1000000000, or a list or range as 1,2,4"),
      (["--rate", "4..1"], "ends before it begins"),
      (["--rate", "1", "--warmup", "60"], "--warmup leaves out the first 60 requests, and there are 60"),
      (["--rate", "1", "--jobs", "2"], "--jobs is of pictures"),
      (["--rate", "1,2", "--timeline", "t.csv"], "--timeline is of one simulation; 2 are asked for"),
      (["--rate", "5", "--arrivals", "sometimes"], "expected --arrivals poisson"),
      (["--concurrency", "5", "--max-in-flight", "3"], "leave out --max-in-flight"),
      (["--rate", "5", "--batch", "4"], "simulate has no --batch"),
      (["--rate", "5", "--speculate", "tokens=4,accept=1"], "--speculate has no \"accept\""),
      (["--rate", "5", "--ttft", "soon"], "expected --ttft as 20ms"),
    ])
  func wrongCalls(_ arguments: [String], _ message: String) throws {
    let run = try Command.run(call + arguments)
    #expect(run.code == 64)
    #expect(run.error.contains(message), "\(run.error)")
    #expect(run.error.contains("Usage: roofline simulate"), "\(run.error)")
  }

  @Test("rates are numbers, lists and ranges as others are")
  func rates() throws {
    let rows = try Command.rows(call + ["--rate", "0.5..2:0.5,1..4*2", "--rate", "1k"])
    #expect(rows.compactMap { $0["rate"] as? Double } == [0.5, 1, 1.5, 2, 4, 1000])
  }

  @Test("a histogram that cannot be read is an error of its file, which names the option")
  func histograms() throws {
    let folder = try TemporaryFolder()
    try folder.write("h.csv", Array("a,b\n1,x\n".utf8))
    let calls = [("h.csv:b", "h.csv:2:3: error: expected a length of --text-tokens"), ("h.csv:c", "h.csv:1:1: error:")]
    for (name, message) in calls + [("none.csv:a", "none.csv: error: cannot read")] {
      let call = ["simulate", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--generate", "2", "--rate", "1"]
      let run = try Command.run(call + ["--text-tokens", "histogram:\(folder.path)/\(name)"])
      #expect(run.code == 1 && run.error.contains(message), "\(run.error)")
    }
  }

  @Test("what a trace says nobody else does, and what it lacks is said once")
  func traces() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("t.csv", Array("arrival,prompt,output\n0,700,5\n1,700,6\n".utf8))
    let call = ["simulate", "--model", "llava-1.5-7b", "--gpu", "a100-80gb", "--precision", "fp16", "--trace", file]
    for option in ["--text-tokens", "--generate"] {
      let run = try Command.run(call + [option, "40"])
      #expect(run.code == 64 && run.error.contains("--trace has the lengths of its requests; leave out --text-tokens"))
    }
    let text = try output(call + ["--requests", "5"])
    #expect(text.ranges(of: "no request of \(file) has a picture").count == 1)
    #expect(text.ranges(of: "\(file) has 2 requests; --requests asks for 5").count == 1)
    let few = try output(call + ["--requests", "1", "--tokens", "none"])
    #expect(!few.contains("has a picture") && !few.contains("asks for"))
    let plan = ["plan"] + call.dropFirst() + ["--tensor-parallel", "1", "--max-gpus", "1", "--ttft", "9s"]
    #expect(try output(plan).ranges(of: "no request of \(file) has a picture").count == 1)
    // What a trace's question says can be asked again.
    let question = try folder.write("q.json", Array(try output(call + ["--print-question"]).utf8))
    #expect(try output(["simulate", "--question", question]) == output(call))
  }

  @Test("a fleet that serves nobody is an error, not a row of blanks")
  func refused() throws {
    let run = try Command.run(call + ["--rate", "1", "--kv-tokens", "16"])
    #expect(run.code == 1 && run.error.contains("no request is left to the figures: 60 of 60 were refused"))
  }

  @Test("what all rows have in common stands above them")
  func headings() throws {
    let call = [
      "simulate", "--model", "llava-1.5-7b", "--gpu", "a100-80gb", "--precision", "fp16", "--generate", "4",
      "--requests", "20", "--replicas", "2", "--rate", "4", "--tensor-parallel", "2",
    ]
    let one = try output(call + ["--top", "1", "--sort", "visual_tokens:asc"]).split(separator: "\n")[0]
    for part in ["fp16", "2 engines", "each tensor 2", "prumerge", " visual tokens", "40 text tokens"] {
      #expect(one.contains(part), "\(part): \(one)")
    }
    let both = try output(call).split(separator: "\n")[0]
    #expect(both.contains("fp16") && !both.contains("prumerge") && !both.contains("visual"))
  }

  @Test("what does not fit is said")
  func tooLarge() throws {
    let run = try Command.run(
      [
        "simulate", "--model", "llama-2-70b", "--gpu", "a100-80gb", "--tokens", "none", "--precision", "fp16",
        "--generate", "5", "--rate", "1",
      ])
    #expect(run.code == 1)
    #expect(run.error.contains("leave no room for a key-value cache"))
  }

  /// What vLLM needs outside of its share: 1 GiB of graphs where 0.99 of an H100 leaves 0.79.
  @Test("what an engine cannot start with is neither simulated nor planned", arguments: ["simulate", "plan"])
  func outsideOfTheShare(_ command: String) throws {
    let call = [
      command, "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--engine", "vllm", "--precision", "bf16",
      "--text-tokens", "100",
      "--generate", "5", "--rate", "1", "--ttft", "1s", "--requests", "20", "--memory-utilization",
    ]
    #expect(try Command.run(call + ["0.9"]).code == 0)
    let run = try Command.run(call + ["0.99"])
    #expect(run.code != 0 && (run.error + run.output).contains("records CUDA graphs"), "\(run.error) \(run.output)")
  }

  @Test("Ctrl-C gives what is done")
  func interrupted() throws {
    // A busy machine takes seconds until the run is under way; it would take minutes to its end.
    let run = try Command.run(
      Array(call.dropLast(2)) + ["--requests", "10M", "--concurrency", "2", "--format", "json"], interruptAfter: 6)
    #expect(run.code == 130)
    #expect(run.output.contains("\"interrupted\": true"))
    #expect(run.error.contains("interrupted"))
  }
}
