import Foundation
import Testing

@Suite("Pictures: what is missing, and what is interrupted")
struct ImageErrorTests {
  @Test("a missing encoder is an error that says how to get it")
  func missingEncoder() throws {
    let folder = try TemporaryFolder()
    let run = try Command.run(
      ["--model", "llava-1.5-7b", "--gpu", "v100", "--image", Pictures.path("gray.jpg")],
      environment: ["HF_HUB_CACHE": folder.path])
    #expect(run.code == 1 && run.error.contains("hf download openai/clip-vit-large-patch14-336"))
  }

  @Test("an encoder of another width is an error that names both")
  func otherEncoder() throws {
    let run = try Command.run([
      "--model", "llava-1.5-7b", "--gpu", "v100", "--image", Pictures.path("gray.jpg"), "--encoder", Pictures.tower,
    ])
    #expect(
      run.code == 1 && run.error.contains("of width 32") && run.error.contains("llava-1.5-7b (24 layers of width 1024"))
  }

  @Test("no encoder is asked for where nobody looks at the pictures")
  func onlySizes() throws {
    let run = try Command.run([
      "--model", "llava-1.5-7b", "--gpu", "v100", "--image", Pictures.path("gray.jpg"), "--tokens", "full",
    ])
    #expect(run.code == 0 && run.output.contains("only its size matters"), "\(run.error)")
  }

  @Test(arguments: [
    ["--sample", "text"], ["--tokens", "64"], ["--jobs", "0"], ["--jobs", "-1"], ["--features", "x.safetensors"],
  ])
  func wrongCalls(arguments: [String]) throws {
    #expect(try Command.run(Pictures().call([Pictures.path("gray.jpg")]) + arguments).code == 64)
  }

  @Test("Ctrl-C leaves what is done so far, whole")
  func interrupt() throws {
    let pictures = try Pictures()
    // So many pictures take far longer than the signal takes to come.
    let list = try pictures.folder.write(
      "list.txt", (0..<20_000).map { _ in Pictures.path("large.png") + "\n" }.joined().utf8)
    let run = try Command.run(
      pictures.call(["@\(list)"], "--precision", "fp16", "--format", "json", "--jobs", "1"), interruptAfter: 5)
    let object = try Pictures.json(run.output)
    let finished = try #require(object["finished"] as? Int)
    #expect((object["rows"] as? [Any])?.count == 2 * finished)
    #expect(object["interrupted"] as? Bool == true)
    #expect(run.code == 130 && run.error.contains("interrupted: this is of \(finished) of 20000 images"))
  }

  @Test("attention is drawn over each picture")
  func attention() throws {
    let pictures = try Pictures()
    let file = "\(pictures.folder.path)/map.png"
    let one = try Command.run([
      "attention", "--image", Pictures.path("gray.jpg"), "--encoder", Pictures.tower, "--output", file,
    ])
    // PruMerge keeps two patches of this picture, and a token for the rest.
    #expect(one.output.hasSuffix("gray.jpg: prumerge keeps 2 of 16 patches in 3 tokens, \(file)\n"), "\(one.error)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    let maps = "\(pictures.folder.path)/maps"
    let album = try pictures.album()
    _ = try Command.run(["attention", "--image", album, album, "--encoder", Pictures.tower, "--output", maps])
    // Twice the same pictures, one of which shares its name with none: a number tells them apart.
    let names = Pictures.names.map { String($0.prefix { $0 != "." }) }.flatMap { ["\($0)-2.png", "\($0).png"] }
    #expect(try FileManager.default.contentsOfDirectory(atPath: maps).sorted() == names.sorted())
  }

  @Test("reduce runs on pictures, too")
  func reduce() throws {
    let pictures = try Pictures()
    let run = try Command.run([
      "reduce", "--image", try pictures.album(), "--encoder", Pictures.tower, "--format", "json",
    ])
    let rows = try #require(try Pictures.json(run.output)["rows"] as? [[String: Any]])
    #expect(rows.map { $0["tokens_after"] as? Int } == Pictures.names.map { Pictures.tokens[$0] })
    let one = try Command.run([
      "reduce", "--image", Pictures.path("gray.jpg"), "--encoder", Pictures.tower, "--reducer", "tome:r=3",
      "--output", "\(pictures.folder.path)/kept.safetensors",
    ])
    #expect(one.code == 0 && one.output.contains("10 of 16 tokens left"), "\(one.error)")
  }
}
