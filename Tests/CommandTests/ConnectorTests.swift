import Foundation
import Testing

@Suite("models whose connector or language model decides the visual tokens")
struct ConnectorTests {
  private func number(_ row: [String: Any], _ key: String) throws -> Double { try #require(row[key] as? Double) }

  @Test("IDEFICS: visual tokens stand in no prompt, and fewer of them cost less in cross-attention")
  func idefics() throws {
    func row(_ tokens: String) throws -> [String: Any] {
      let rows = try Command.rows(
        "--model", "idefics-9b", "--gpu", "v100", "--tokens", tokens, "--precision", "fp16", "--text-tokens", "40",
        "--engine", "none")
      return try #require(rows.first)
    }
    let (one, two) = (try row("64"), try row("128"))
    for row in [one, two] { #expect(try number(row, "tokens") == 40) }
    // A visual token costs in each of 8 layers: keys and values of 1280 x 4096, and scores and values of 40 queries.
    let token = 8 * (2 * 2 * 1280 * 4096 + 4 * 40 * 4096)
    let difference = try number(two, "flops") - number(one, "flops")
    #expect(difference == Double(64 * token))
    // Keys and values of 32 layers for 40 tokens and of 8 layers for 64, 4096 wide, two bytes each.
    let cache = 2 * 2 * 4096 * (32 * 40 + 8 * 64)
    #expect(try number(one, "kv_cache_bytes") == Double(cache))
    #expect((one["note"] as? String)?.contains("stand in no prompt") == true)
  }

  @Test("four tiles of an image are one sequence of the tower: 18.6 TFLOPs of Llama 3.2 Vision's, as torch counts them")
  func tilesOfASequence() throws {
    let rows = try Command.rows(
      "--model", "llama-3.2-11b-vision", "--gpu", "h200", "--precision", "bf16", "--kernels", "eager")
    let stages = try #require(rows.first?["stages"] as? [[String: Any]])
    #expect(stages.first { $0["stage"] as? String == "vision" }?["flops"] as? Double == 18_599_081_576_448)
  }

  @Test(
    "reducers that cannot feed a connector are refused with the reason",
    arguments: [
      ("idefics-9b", "prumerge", "perceiver makes 64 tokens of however many it reads"),
      ("idefics-9b", "fastv", "drops visual tokens from the prompt, and that of idefics-9b has none"),
      ("qwen-vl", "prumerge", "resampler makes 256 tokens of however many it reads"),
      ("mobilevlm-3b", "prumerge", "connector convolves the whole grid of patches, which needs all of them"),
      ("mobilevlm-v2-1.7b", "visionzip:54+10", "connector convolves the whole grid of patches"),
    ])
  func refused(model: String, reducer: String, reason: String) throws {
    expectDataError(try Command.run(["--model", model, "--gpu", "v100", "--reducer", reducer]), reason)
  }

  @Test("reducers in the language model work behind a connector with a fixed number of tokens")
  func behindTheConnector() throws {
    let rows = try Command.rows(
      "--model", "mobilevlm-1.7b", "--gpu", "v100", "--reducer", "fastv", "--precision", "fp16")
    #expect(rows.compactMap { $0["visual_tokens"] as? Double } == [144, 144])
    let (all, kept) = (try number(rows[0], "flops"), try number(rows[1], "flops"))
    #expect(kept < all)
  }

  @Test("a prompt longer than the Q-Former's positions is refused")
  func longPrompt() throws {
    let call = ["--model", "instructblip-7b", "--gpu", "a100-80gb", "--text-tokens"]
    #expect(try Command.run(call + ["512"]).code == 0)
    expectDataError(try Command.run(call + ["513"]), "has 512 positions; 513 text tokens are more")
  }

  @Test("images beside the text need a text")
  func noText() throws {
    let run = try Command.run(["--model", "idefics-9b", "--gpu", "v100", "--text-tokens", "0"])
    expectDataError(run, "needs at least one text token")
  }

  @Test("sizes that a configuration leaves to transformers are told, and only those")
  func absentSizes() throws {
    let folder = try TemporaryFolder()
    let few = #"{"model_type": "llama", "hidden_size": 64, "num_attention_heads": 2, "num_hidden_layers": 2}"#
    let table = try Command.output("--model", try folder.write("few.json", few.utf8), "--gpu", "v100")
    #expect(
      table.contains(
        "the configuration lacks language intermediate_size, language vocab_size: transformers' defaults stand in"),
      "\(table)")
    let rest = #", "intermediate_size": 9, "vocab_size": 9}"#
    let all = String(few.dropLast()) + rest
    let silent = try Command.output("--model", try folder.write("all.json", all.utf8), "--gpu", "v100")
    #expect(!silent.contains("lacks"))
  }

  @Test("what a model file notes stands under every estimate, and under show")
  func notes() throws {
    let note = "the attention over time in LanguageBind's own video tower is not counted"
    #expect(try Command.output("--model", "video-llava-7b", "--gpu", "a100-80gb").contains(note))
    #expect(try Command.output("show", "video-llava-7b").contains(note))
  }
}
