import Foundation
import Testing

@Suite("Pictures and pages")
struct DrawnOutputTests {
  private static let call = ["--model", "llava-1.5-7b", "--gpu", "v100", "--tokens", "full,adaptive"]
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "are written by the ending of the file, as standard output gets them", arguments: [[], ["operators"], ["compare"]])
  func endings(command: [String]) throws {
    let call = command + (command == ["compare"] ? Array(Self.call.prefix(4)) : Array(Self.call.prefix(5)) + ["full"])
    for (ending, start) in [("svg", "<svg xmlns="), ("html", "<!DOCTYPE html>")] {
      let run = try Command.run(call + ["--output", "\(folder.path)/x.\(ending)"])
      #expect(run.code == 0 && run.output == "" && run.error == "", "\(run.error)")
      let text = try folder.text("x.\(ending)")
      #expect(text.hasPrefix(start))
      #expect(try Command.run(call + ["--format", ending]).output == text)
    }
  }

  @Test("are the same in every run")
  func repeatable() throws {
    let runs = try (0..<2).map { _ in try Command.run(Self.call + ["--gpu", "a100-80gb", "--format", "html"]).output }
    #expect(runs[0] == runs[1] && runs[0].contains("a100-80gb"))
  }

  @Test("--chart says what is drawn, and what cannot be is a wrong call")
  func kinds() throws {
    let run = try Command.run(Self.call + ["--precision", "fp16", "--chart", "roofline", "--format", "svg"])
    #expect(run.code == 0 && run.output.contains("its operators under the roofs"))
    for (arguments, hint) in [
      (["--chart", "lines", "--format", "svg"], "--batch"),
      (["--chart", "pie", "--format", "svg"], "stages, roofline"),
      (["--chart", "stages"], "--output FILE.svg"), (["--chart", "stages", "--format", "csv"], "--output FILE.svg"),
    ] {
      let run = try Command.run(Self.call.prefix(4) + ["--tokens", "full"] + arguments)
      #expect(run.code == 64 && run.output == "" && run.error.contains(hint), "\(run.error)")
    }
  }

  @Test("of what has none are an error, and nothing is written")
  func none() throws {
    for call in [["list", "models"], ["show", "v100"]] {
      let run = try Command.run(call + ["--output", "\(folder.path)/x.svg"])
      #expect(run.code == 1 && run.error.contains("there is no picture of this; write .html"), "\(run.error)")
    }
    #expect(try folder.contents() == [])
    #expect(try Command.output("show", "v100", "--format", "html").contains("<!DOCTYPE html>"))
  }

  @Test("of several photographs show how many tokens are left, of one its stages")
  func photographs() throws {
    try folder.write("tiny.yaml", Pictures.modelFile.utf8)
    let call = ["--model", "\(folder.path)/tiny.yaml", "--gpu", "v100", "--encoder", Pictures.tower]
    let one = try Command.run(call + ["--image", Pictures.path("gray.jpg"), "--format", "svg"])
    #expect(one.code == 0 && one.output.contains("stage by stage"), "\(one.error)")
    let names = ["gray.jpg", "rgb8.png"].map(Pictures.path)
    for (ending, text) in [("svg", "visual tokens of 2 pictures"), ("html", "What it rests on")] {
      let run = try Command.run(call + ["--image"] + names + ["--output", "\(folder.path)/x.\(ending)"])
      #expect(run.code == 0, "\(run.error)")
      #expect(try folder.text("x.\(ending)").contains(text))
    }
  }
}
