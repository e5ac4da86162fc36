import Foundation
import Testing

@Suite("roofline --model M --gpu G")
struct EstimateTests {
  /// The keys that schema roofline/2 promises, in their order; more may follow them.
  static let promisedKeys = [
    "model", "hardware", "precision", "accounting", "kernels", "reducer", "sample", "visual_tokens", "text_tokens",
    "tokens", "batch", "parameters", "flops", "executed_flops", "vector_flops", "traffic_bytes", "weight_bytes",
    "activation_read_bytes",
    "activation_written_bytes", "kv_cache_bytes", "footprint_bytes", "capacity_bytes", "fits", "prefill_seconds",
    "expected_prefill_seconds", "bound", "speedup", "note",
  ]

  private func number(_ row: [String: Any], _ key: String) throws -> Double { try #require(row[key] as? Double) }

  @Test("Vicuna 7B on 616 tokens: as many parameters and FLOPs as PyTorch counts, to the last digit")
  func vicuna() throws {
    let rows = try Command.rows("--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--engine", "none")
    #expect(rows.compactMap { $0["precision"] as? String } == ["fp16", "int4"])
    for row in rows {
      // transformers' LlamaForCausalLM: the sum over its parameters, and torch.utils.flop_counter at 616 tokens.
      #expect(try number(row, "parameters") == 6_738_415_616)
      #expect(try number(row, "flops") == 8_177_644_994_560)
      #expect(try number(row, "tokens") == 616)
      // Keys and values of 32 layers, 4096 wide, two bytes each: 32 x 616 x 2 x 4096 x 2.
      #expect(try number(row, "kv_cache_bytes") == 322_961_408)
      #expect(row["fits"] as? Bool == true)
      #expect(row["speedup"] is NSNull)
    }
    // FP16: two bytes a parameter. INT4: the 32 layers' 202 375 168 matrix elements at 4.15625 bits, the rest at 16.
    #expect(try number(rows[0], "weight_bytes") == 2 * 6_738_415_616)
    #expect(try number(rows[1], "weight_bytes") == 6_476_005_376 * 4.15625 / 8 + 262_410_240 * 2)
  }

  @Test("text alone: as many FLOPs as PyTorch counts for as many tokens, and no visual ones")
  func text() throws {
    for row in try Command.rows("--model", "vicuna-7b", "--gpu", "v100", "--tokens", "none", "--text-tokens", "616") {
      #expect(try number(row, "flops") == 8_177_644_994_560)
      #expect(try number(row, "visual_tokens") == 0)
    }
  }

  @Test(
    "no estimate is faster than its FLOPs at the peak or its bytes at the bandwidth", arguments: ["1", "64", "576"])
  func bounds(tokens: String) throws {
    for row in try Command.rows("--model", "vicuna-7b", "--gpu", "v100", "--tokens", tokens) {
      let seconds = try number(row, "prefill_seconds")
      let compute = try number(row, "flops") / 112e12
      let memory = try number(row, "traffic_bytes") / 900e9
      let vector = try number(row, "vector_flops") / 14e12
      // The sum over some 400 operators and the quotient of sums round differently.
      #expect(seconds >= max(compute, memory, vector) * (1 - 1e-13))
      #expect(seconds <= compute + memory + vector)
    }
  }

  @Test("twice the batch is twice the FLOPs and the cache, but the same weights")
  func batch() throws {
    let once = try Command.rows("--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576")[0]
    let twice = try Command.rows("--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--batch", "2")[0]
    #expect(try number(twice, "flops") == 2 * 8_177_644_994_560)
    #expect(try number(twice, "kv_cache_bytes") == 2 * number(once, "kv_cache_bytes"))
    #expect(try number(twice, "weight_bytes") == number(once, "weight_bytes"))
  }

  @Test("eager kernels do the same matrix work and move more")
  func kernels() throws {
    let call = ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--kernels"]
    let fused = try Command.rows(call[0], call[1], call[2], call[3], call[4], call[5], call[6], "fused")[0]
    let eager = try Command.rows(call[0], call[1], call[2], call[3], call[4], call[5], call[6], "eager")[0]
    #expect(try number(fused, "flops") == number(eager, "flops"))
    #expect(try number(fused, "traffic_bytes") < number(eager, "traffic_bytes"))
    #expect(eager["kernels"] as? String == "eager")
  }

  @Test("LLaVA: every stage, and their sum")
  func stages() throws {
    let row = try Command.rows(
      "--model", "llava-1.5-7b", "--gpu", "a100-80gb", "--tokens", "full", "--precision", "fp16")[0]
    let stages = try #require(row["stages"] as? [[String: Any]])
    #expect(stages.compactMap { $0["stage"] as? String } == ["vision", "connector", "prefill"])
    for stage in stages {
      #expect(Set(stage.keys).isSuperset(of: ["stage", "flops", "traffic_bytes", "seconds", "expected_seconds"]))
    }
    // torch counts 381 918 216 192 FLOPs for CLIP's patch embedding (2 x 576 x 588 x 1024) and 24 equal layers; LLaVA
    // reads the output of layer 23: 693 633 024 + 23 x 15 884 357 632. The connector as torch counts it.
    #expect(stages.compactMap { $0["flops"] as? Double }.prefix(2) == [366_033_858_560, 24_159_191_040])
    #expect(try number(row, "parameters") == 7_063_427_072)
    let sum = stages.compactMap { $0["seconds"] as? Double }.reduce(0, +)
    #expect(abs(try number(row, "total_seconds") - sum) < 1e-12)
    #expect(try number(row, "total_seconds") > number(row, "prefill_seconds"))
  }

  @Test("a reducer really runs in the call: another sample gives other rows, and `reduce` counts the same tokens")
  func adaptive() throws {
    var counts: [Double] = []
    for sample in ["text", "diagram"] {
      let rows = try Command.rows(
        "--model", "vicuna-7b", "--gpu", "v100", "--tokens", "adaptive", "--sample", sample, "--precision", "fp16")
      #expect(rows.compactMap { $0["reducer"] as? String } == ["none", "prumerge"])
      #expect(try number(rows[0], "visual_tokens") == 576)
      #expect(rows[0]["sample"] is NSNull)
      #expect(rows[1]["sample"] as? String == sample)
      #expect((rows[1]["note"] as? String)?.contains("synthetic") == true)
      // Foundation on Linux reads numbers by way of decimals, which may cost the last of 53 bits.
      let ratio = try number(rows[0], "prefill_seconds") / number(rows[1], "prefill_seconds")
      #expect(abs(try number(rows[1], "speedup") / ratio - 1) < 1e-14)
      counts.append(try number(rows[1], "visual_tokens"))
      let reduced = try Command.rows("reduce", "--sample", sample, "--reducer", "prumerge")
      #expect(try number(reduced[0], "tokens_after") == counts.last)
      #expect(try number(reduced[0], "tokens_before") == 576)
    }
    #expect(counts[0] < 576 && counts[0] != counts[1])
  }

  @Test("what a device lacks is said in the note: a V100 has no BF16")
  func fallback() throws {
    let rows = try Command.rows(
      "--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--precision", "bf16,fp16")
    #expect((rows[0]["note"] as? String)?.contains("v100 has no BF16 matrix units") == true)
    #expect(rows[1]["note"] is NSNull)
    #expect(try number(rows[0], "prefill_seconds") == number(rows[1], "prefill_seconds"))
  }

  @Test("what does not fit is said: 13.5 GB of weights and 85 MB of cache for each of 64 sequences")
  func capacity() throws {
    let row = try Command.rows(
      "--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--batch", "64", "--precision", "fp16")[0]
    #expect(row["fits"] as? Bool == false)
    #expect((row["note"] as? String)?.contains("does not fit") == true)
    // What drivers report of 16 GB: 15.77 GiB.
    #expect(try number(row, "capacity_bytes") == 15.77 * 1_073_741_824)
    #expect(try number(row, "footprint_bytes") > number(row, "weight_bytes") + number(row, "kv_cache_bytes"))
  }

  @Test("`estimate` is the default; --gpu and --hardware, names, aliases and capitals are the same")
  func synonyms() throws {
    let expected = try Command.output("--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576")
    for call in [
      ["estimate", "--model", "vicuna-7b", "--gpu", "v100"], ["--model", "vicuna-7b", "--hardware", "v100"],
      ["--model", "lmsys/vicuna-7b-v1.5", "--gpu", "V100-PCIe"],
    ] {
      #expect(try Command.run(call + ["--tokens", "576"]).output == expected)
    }
  }

  @Test("a reducer that is given twice is one row")
  func repeatedReducer() throws {
    let call = ["--model", "llava-1.5-7b", "--gpu", "v100", "--precision", "fp16", "--format", "csv"]
    let once = try Command.run(call + ["--reducer", "sequential:64", "--reducer", "sequential:40"])
    #expect(once.code == 0)
    let reducers = ["sequential:64", "sequential:40", "sequential:64"].flatMap { ["--reducer", $0] }
    #expect(try Command.run(call + reducers).output == once.output)
  }

  /// As released VisionZip runs the encoder's last layer. Its eager attention writes and reads the scores, 16 heads of
  /// 577 x 577, each step; the fused one does not.
  @Test("--kernels holds for the layers that run for a reducer alone")
  func kernelsOfReduction() throws {
    func operators(_ kernels: String) throws -> [String] {
      let output = try Command.output(
        "operators", "--model", "llava-1.5-7b", "--gpu", "v100", "--reducer", "visionzip:54+10,bill=released",
        "--kernels", kernels, "--format", "csv")
      return output.split(separator: "\n").map(String.init).filter { $0.contains("last_layer.") }
    }
    #expect(try operators("fused").contains { $0.contains("last_layer.attention.core") })
    #expect(try operators("eager").contains { $0.contains("last_layer.attention.softmax") })
    #expect(try !operators("eager").contains { $0.contains("last_layer.attention.core") })
  }

  @Test("peaks of integers are operations a second, not floating-point ones")
  func unitsOfPeaks() throws {
    let lines = try Command.output("show", "a100-80gb", "--format", "csv").split(separator: "\n")
    let integer = try #require(lines.first { $0.contains("matrix INT8") || $0.contains("matrix int8") })
    let floating = try #require(lines.first { $0.contains("matrix FP16") || $0.contains("matrix fp16") })
    #expect(integer.contains(",OP/s,") && floating.contains(",FLOP/s,"))
  }
}
