import Foundation
import Testing

@Suite("roofline plan")
struct PlanCommandTests {
  private let call = [
    "plan", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--precision", "bf16", "--tokens", "none", "--text-tokens",
    "200", "--generate", "20", "--requests", "60", "--price-per-hour", "2",
  ]
  private let load = ["--rate", "5", "--max-gpus", "2", "--ttft", "1s@p95"]
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("the cheapest fleet that holds is the first row, and every one that was looked at is a line of a file")
  func answer() throws {
    let path = "\(folder.path)/all.csv"
    let rows = try Command.rows(call + load + ["--candidates", path])
    // Five requests a second of 220 tokens are a small load: one device at 2 an hour.
    #expect(rows.first?["devices"] as? Int == 1 && rows.first?["cost_per_hour"] as? Double == 2)
    #expect(try folder.text("all.csv").split(separator: "\n").count > 1)
  }

  @Test("engines of one to eight devices are tried, of a question in a file too")
  func usualTensorParallel() throws {
    let text = try Command.run(call + load + ["--print-question"]).output
    #expect(text.contains("\"tensor-parallel\": [1, 2, 4, 8]"))
    let bare = text.split(separator: "\n").filter { !$0.contains("tensor-parallel") }.joined(separator: "\n")
    let file = try folder.write("q.json", Array(bare.utf8))
    #expect(try Command.run(["plan", "--question", file, "--print-question"]).output == text)
    let told = try Command.run(call + load + ["--tensor-parallel", "2", "--print-question"]).output
    #expect(told.contains("\"tensor-parallel\": 2,"))
  }

  @Test("what nothing keeps to is status 2, with the nearest")
  func infeasible() throws {
    let run = try Command.run(call + load.dropLast() + ["1us@p95"])
    #expect(run.code == 2 && run.output.contains("The nearest, none holds:"), "\(run.error)")
  }

  @Test(
    "wrong calls are met with what to write",
    arguments: [
      ([], "say what is good enough: --ttft 500ms@p95"), (["--ttft", "1s"], "say how requests come"),
      (["--ttft", "1s", "--rate", "1..4"], "--rate has 4 values"),
      (["--ttft", "1s", "--rate", "1", "--warmup", "60"], "nothing is left"),
      (["--ttft", "1s", "--rate", "1", "--jobs", "2"], "--jobs is of pictures"),
      (["--ttft", "1s", "--find", "rate", "--candidates", "x.csv"], "--candidates is of a plan"),
    ])
  func wrongCalls(_ arguments: [String], _ message: String) throws {
    let run = try Command.run(call + arguments, folder: folder.path)
    #expect(run.code == 64 && run.error.contains(message), "\(run.error)")
    #expect(run.error.contains("Usage: roofline plan"), "\(run.error)")
    #expect(try folder.contents() == [])
  }
}
