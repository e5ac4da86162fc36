import Foundation
import Testing

@Suite("Names of files that are not plain text")
struct ForeignNameTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("gray.jpg", Data(contentsOf: URL(fileURLWithPath: Pictures.path("gray.jpg"))))
    try folder.write("tiny.yaml", Pictures.modelFile.utf8)
    // Escape sequences and a line end; a right-to-left override; a formula; a byte that is no UTF-8; Markdown.
    let made = try Command.shell(
      #"""
      mkdir pics && for name in 'a\n\033[31mb' '\342\200\256gpj.c' '=1+1' 'caf\351' '[x](y)|<b>'; do
      cp gray.jpg "pics/$(printf "$name").jpg"; done
      """#, folder: folder.path)
    #expect(made.code == 0, "\(made.error)")
  }

  private static let call = "\"$roofline\" --model tiny.yaml --gpu v100 --encoder '\(Pictures.tower)' --image pics"

  /// Characters that steer a terminal or turn the text around them, but line feeds.
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\n"
      && [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
  }

  @Test("steer nothing in any output", arguments: ["table", "markdown", "csv", "json", "html", "svg"])
  func formats(format: String) throws {
    let run = try Command.shell(
      "\(Self.call) --format \(format); \(Self.call) --strict --image none", folder: folder.path)
    #expect(!(run.output + run.error).unicodeScalars.contains(where: Self.isHarmful))
    for command in [
      "attention --output maps", "encode --output features", "reduce --format \(format)", "encode --format \(format)",
    ] {
      let run = try Command.shell(
        "\"$roofline\" \(command) --encoder '\(Pictures.tower)' --image pics", folder: folder.path)
      #expect(run.code == 0 && !(run.output + run.error).unicodeScalars.contains(where: Self.isHarmful))
    }
  }

  @Test("are each one cell of CSV, and no formula")
  func cells() throws {
    let run = try Command.shell("\(Self.call) --format csv --precision fp16 --tokens full", folder: folder.path)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 6, "\(run.output) \(run.error)")
    let names = lines.dropFirst().map { String($0.prefix { $0 != "," }) }
    #expect(
      Set(names) == [
        #"pics/=1+1.jpg"#, #"pics/[x](y)|<b>.jpg"#, #"pics/a\n\u{1B}[31mb.jpg"#, #"pics/caf\xE9.jpg"#,
        #"pics/\u{202E}gpj.c.jpg"#,
      ])
    let bare = try Command.shell(
      "cd pics && \"$roofline\" --model ../tiny.yaml --gpu v100 --encoder '\(Pictures.tower)' --image =1+1.jpg "
        + "--format csv --precision fp16 --tokens full", folder: folder.path)
    #expect(bare.output.contains("\n'=1+1.jpg,"), "\(bare.output) \(bare.error)")
  }

  @Test("are read back from JSON as they are, a byte as the character that stands for it")
  func json() throws {
    let run = try Command.shell("\(Self.call) --format json --precision fp16 --tokens full", folder: folder.path)
    let rows = try #require(try Pictures.json(run.output)["rows"] as? [[String: Any]])
    #expect(
      Set(rows.compactMap { $0["image"] as? String }) == [
        "pics/=1+1.jpg", "pics/[x](y)|<b>.jpg", "pics/a\n\u{1B}[31mb.jpg", "pics/caf\u{EFE9}.jpg",
        "pics/\u{202E}gpj.c.jpg",
      ])
  }

  @Test("that are not UTF-8 are found in folders and lists, and outputs have the same bytes")
  func bytes() throws {
    let run = try Command.shell(
      #"""
      set -e
      "$roofline" attention --encoder "$0" --image pics --output maps > /dev/null
      test -f "maps/$(printf 'caf\351').png"
      printf '\357\273\277pics/caf\351.jpg\r\n' > list.txt
      "$roofline" encode --encoder "$0" --image @list.txt --output "$(printf 'f\351').safetensors" > /dev/null
      test -f "$(printf 'f\351').safetensors"
      "$roofline" reduce --features "$(printf 'f\351').safetensors"
      """#.replacingOccurrences(of: "$0", with: Pictures.tower), folder: folder.path)
    #expect(
      run.code == 0 && run.output.contains(#"prumerge on f\xE9.safetensors: 3 of 16 tokens left"#), "\(run.error)")
  }

  @Test("as long as the system takes them leave room for another ending")
  func longNames() throws {
    let names = [String(repeating: "n", count: 251), String(repeating: "n", count: 250) + "m"]
    for name in names {
      try folder.write("long/\(name).jpg", Data(contentsOf: URL(fileURLWithPath: Pictures.path("gray.jpg"))))
    }
    let run = try Command.shell(
      "\"$roofline\" encode --encoder '\(Pictures.tower)' --image long --output out && ls out", folder: folder.path)
    // ".safetensors" takes 12 of 255 bytes, "-2" two more.
    let stem = String(repeating: "n", count: 243)
    #expect(
      run.output.hasSuffix("\(stem.dropLast(2))-2.safetensors\n\(stem).safetensors\n"), "\(run.output) \(run.error)")
  }

  @Test("of formats that are not read, and folders that cannot be listed, are counted as skipped")
  func skipped() throws {
    try folder.write("mixed/a.jpg", Data(contentsOf: URL(fileURLWithPath: Pictures.path("gray.jpg"))))
    try folder.write("mixed/b.webp", Array("RIFF\0\0\0\0WEBPVP8 ".utf8))
    try folder.write("mixed/c.HEIC", Array("\0\0\0\u{18}ftypheic".utf8))
    try folder.write("mixed/notes.txt", [])
    let run = try Command.shell(
      "\"$roofline\" reduce --encoder '\(Pictures.tower)' --image mixed", folder: folder.path)
    #expect(run.code == 0 && run.output.hasPrefix("prumerge on 1 of 3 images, 2 skipped"), "\(run.output)")
    #expect(run.error.contains("mixed/b.webp: error: WebP, neither JPEG nor PNG; convert it first; skipped\n"))
    #expect(run.error.contains("mixed/c.HEIC: error: HEIC, neither JPEG nor PNG; convert it first; skipped\n"))
    guard getuid() != 0 else { return }
    let locked = try Command.shell(
      "mkdir mixed/locked && chmod 0 mixed/locked && \"$roofline\" reduce --encoder '\(Pictures.tower)' --image mixed; "
        + "chmod 700 mixed/locked", folder: folder.path)
    #expect(locked.output.hasPrefix("prumerge on 1 of 4 images, 3 skipped"))
    #expect(locked.error.contains("mixed/locked: error: cannot read: Permission denied; skipped\n"))
  }

  @Test("a byte-order mark before any text file, and UTF-16")
  func marks() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    try folder.write("gpu.yaml", mark + Array(FileKind.hardware.sample.utf8))
    let config = """
      {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2,
      "intermediate_size": 128, "vocab_size": 100, "hidden_act": "silu"}
      """
    try folder.write("config.json", mark + Array(config.utf8))
    try folder.write(
      "times.csv",
      mark + Array("hardware,operator,precision,rows,inner,columns,seconds\nv100,matmul,fp16,1,4096,4096,5e-5\n".utf8))
    for call in ["--model ./config.json --gpu gpu.yaml --tokens 1", "validate --measurements times.csv"] {
      let run = try Command.shell("\"$roofline\" \(call)", folder: folder.path)
      #expect(run.code == 0, "\(run.error)")
    }
    try folder.write("wide.yaml", [0xFF, 0xFE] + Array("n\0a\0m\0e\0".utf8))
    let run = try Command.shell("\"$roofline\" show ./wide.yaml", folder: folder.path)
    #expect(run.code == 1 && run.error == "./wide.yaml: error: is text in UTF-16; save it as UTF-8\n")
  }
}
