import Foundation
import Testing

@Suite("Requirements that scripts ask for")
struct RequirementTests {
  private let call = [
    "--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576", "--precision", "fp16", "--engine", "none",
  ]

  // 76.0 ms and 13.8 GB, without what an engine keeps.
  @Test("what holds is exit 0, what does not is exit 2 behind the same output")
  func status() throws {
    let plain = try Command.run(call + ["--format", "json"])
    let held = try Command.run(call + ["--format", "json", "--require", "prefill_seconds<80ms", "--fail-if-too-big"])
    #expect(held.code == 0)
    #expect(held.error == "")
    #expect(held.output == plain.output)
    let failed = try Command.run(
      call + ["--format", "json", "--require", "prefill_seconds<70ms", "--require=footprint_bytes<=13GB"])
    #expect(failed.code == 2)
    #expect(failed.output == plain.output)
    let lines = failed.error.split(separator: "\n")
    #expect(lines.count == 2)
    // The row's own time, to three digits, and what it exceeds 70 ms by.
    let object = try JSONSerialization.jsonObject(with: Data(plain.output.utf8)) as? [String: Any]
    let row = try #require((object?["rows"] as? [[String: Any]])?.first)
    let milliseconds = try #require(row["prefill_seconds"] as? Double) * 1e3
    #expect(
      lines[0]
        == "requirement: vicuna-7b, fp16, none, 576 visual tokens, v100: prefill_seconds is "
        + String(format: "%.1f ms, %.2f ms too much (prefill_seconds<70ms)", milliseconds, milliseconds - 70))
    #expect(lines[1].contains("footprint_bytes is 13.8 GB, "))
  }

  @Test("--output is written all the same")
  func output() throws {
    let folder = try TemporaryFolder()
    let run = try Command.run(call + ["--output", "\(folder.path)/rows.csv", "--require", "prefill_seconds<70ms"])
    #expect(run.code == 2)
    #expect(try folder.text("rows.csv").hasPrefix("model,hardware"))
  }

  @Test("of several devices and of comparisons, too; what is not known fails")
  func others() throws {
    let tooBig = try Command.run([
      "--model", "vicuna-13b", "--gpu", "v100", "--gpu", "a100-80gb", "--gpu", "apple-m1", "--tokens", "1",
      "--precision",
      "fp16", "--fail-if-too-big",
    ])
    #expect(tooBig.code == 2)
    let lines = tooBig.error.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains("v100: does not fit: ") && lines[1].contains("apple-m1: not known to fit"))
    let compared = try Command.run([
      "compare", "--model", "llava-1.5-7b", "--gpu", "v100", "--reducer", "prumerge", "--require", "rank<0",
    ])
    #expect(compared.code == 2)
  }

  @Test("every picture's rows must keep to it; an unknown key is told before any is read")
  func pictures() throws {
    let pictures = try Pictures()
    let album = try pictures.album()
    // PruMerge leaves 2 to 4 of 16 tokens (Pictures.tokens): of five pictures two have more than 3.
    let call = pictures.call([album], "--precision", "fp16", "--tokens", "adaptive", "--format", "csv")
    let plain = try Command.run(call)
    let failed = try Command.run(call + ["--require", "visual_tokens<=16", "--require", "visual_tokens>3"])
    #expect(failed.code == 2)
    #expect(failed.output == plain.output)
    #expect(failed.error.split(separator: "\n").count == 3)
    #expect(
      failed.error.contains("/large.png, tiny, fp16, prumerge, 2 visual tokens, v100: visual_tokens is 2, 1 too little")
    )
    // Of a picture that is skipped nothing is known.
    let broken = try pictures.album(broken: true)
    let skipped = try Command.run(
      pictures.call([broken], "--precision", "fp16", "--tokens", "adaptive", "--require", "visual_tokens<=16"))
    #expect(skipped.code == 2)
    let unknown = "requirement: it is not known whether the skipped images keep to it\n"
    #expect(skipped.error.hasSuffix(unknown), "\(skipped.error)")
    expectWrongCall(
      try Command.run(pictures.call(["\(album)/none.png"], "--require", "visual_token<1")), "did you mean visual_tokens"
    )
  }

  @Test("an unknown key is a wrong call, before anything is written")
  func wrongCalls() throws {
    let folder = try TemporaryFolder()
    expectWrongCall(
      try Command.run(call + ["--output", "\(folder.path)/rows.csv", "--require", "prefil_seconds<1"]),
      "did you mean prefill_seconds?")
    #expect(try folder.contents().isEmpty)
    expectWrongCall(try Command.run(call + ["--require", "prefill_seconds"]), "expected a condition such as")
    expectWrongCall(try Command.run(call + ["--require", "bound<1"]), "bound is no number")
  }
}
