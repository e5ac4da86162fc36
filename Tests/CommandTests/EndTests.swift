import Foundation
import Testing

/// Runs that somebody or the system ends. `Tools/check_interrupts.py` does it at many more moments.
@Suite("Runs that end early")
struct EndTests {
  private let pictures: Pictures

  init() throws { pictures = try Pictures() }

  private var folder: TemporaryFolder { pictures.folder }

  @Test("leave the files that they reported, and no part of another", arguments: [SIGINT, SIGTERM, SIGHUP])
  func interrupted(signal: Int32) throws {
    // Far more pictures than are done by then.
    let list = try folder.write("list.txt", (0..<20_000).map { _ in Pictures.path("large.png") + "\n" }.joined().utf8)
    for (index, seconds) in [0.3, 0.5, 0.7].enumerated() {
      let maps = "\(folder.path)/maps\(index)"
      let run = try Command.run(
        ["attention", "--image", "@\(list)", "--encoder", Pictures.tower, "--output", maps], interruptAfter: seconds,
        by: signal)
      #expect(run.code == 128 + signal || run.code == -signal, "\(run.error)")
      let reported = run.output.split(separator: "\n").compactMap { $0.split(separator: "/").last.map(String.init) }
      let there = (try? FileManager.default.contentsOfDirectory(atPath: maps)) ?? []
      #expect(there.sorted() == reported.sorted())
    }
  }

  /// Whatever ends a program that does not handle it, but KILL.
  private static let others = [SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF]

  @Test("leave no part whatever signal ends them", arguments: others)
  func ended(signal: Int32) throws {
    let list = try folder.write("list.txt", (0..<20_000).map { _ in Pictures.path("large.png") + "\n" }.joined().utf8)
    let run = try Command.run(
      ["encode", "--image", "@\(list)", "--encoder", Pictures.tower, "--output", "\(folder.path)/features"],
      interruptAfter: 0.5, by: signal)
    #expect(run.code == 128 + signal || run.code == -signal, "\(run.error)")
    let reported = run.output.split(separator: "\n").compactMap { $0.split(separator: "/").last.map(String.init) }
    let there = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/features")) ?? []
    #expect(there.sorted() == reported.sorted())
  }

  @Test("an output that cannot be written ends a run over pictures, unlike a picture that cannot be read")
  func unwritable() throws {
    let album = try pictures.album(broken: true)
    for command in ["encode", "attention"] {
      // Blocks of 512 bytes: no file of features and no map is as short, and all that is reported is shorter.
      let run = try Command.shell(
        "ulimit -f 4; \"$roofline\" \(command) --image '\(album)' --encoder '\(Pictures.tower)' --output out",
        folder: folder.path)
      #expect(run.code == 1 && run.output == "", "\(run.output)")
      #expect(run.error.contains("cannot write: File too large"), "\(run.error)")
      #expect(!run.error.contains("images skipped"), "\(run.error)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out") == [])
    }
  }

  @Test("a limit to the size of files is an error that leaves an old file as it was")
  func fileSize() throws {
    try folder.write("rows.json", Array("old".utf8))
    let run = try Command.shell("ulimit -f 1; \"$roofline\" list hardware --output rows.json", folder: folder.path)
    expectDataError(run, at: "rows.json", "cannot write: File too large")
    #expect(try folder.text("rows.json") == "old")
    #expect(try folder.contents().filter { $0.hasSuffix(".part") } == [])
  }

  @Test(
    "too little memory for OpenBLAS is an error, not a wait for ever",
    arguments: ["-v 200000", "-v 400000", "-v 600000", "-d 100000", "-d 200000", "-d 400000"])
  func memory(limit: String) throws {
    #if os(Linux)
      // A processor takes 272 MiB, and calibration 800 MB besides.
      for (call, what) in [
        ("encode --image '\(Pictures.path("large.png"))' --encoder '\(Pictures.tower)' --jobs 2", "running an encoder"),
        ("reduce --image '\(Pictures.path("large.png"))' --encoder '\(Pictures.tower)' --jobs 2", "running an encoder"),
        ("calibrate --output host.yaml", "calibration"),
      ] {
        let run = try Command.shell("ulimit \(limit); \"$roofline\" \(call)", folder: folder.path)
        #expect(run.code == 1 && run.output == "", "\(call)")
        #expect(run.error.contains("error: \(what) takes ") && run.error.contains("ulimit"), "\(run.error)")
      }
    #endif
  }

  @Test("weights that are cut short while they are mapped are an error that names them")
  func truncated() throws {
    try FileManager.default.copyItem(atPath: Pictures.tower, toPath: "\(folder.path)/tw")
    // Several threads come upon it at a time.
    let list = try folder.write("list.txt", (0..<8).map { _ in Pictures.path("large.png") + "\n" }.joined().utf8)
    for image in [Pictures.path("large.png"), "@\(list)"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/tw")
      try FileManager.default.copyItem(atPath: Pictures.tower, toPath: "\(folder.path)/tw")
      let run = try Command.shell(
        """
        "$roofline" encode --image '\(image)' --encoder tw --jobs 4 --repeat 1000000 --output out &
        sleep 1; : > tw/model.safetensors; wait $!
        """, folder: folder.path)
      #expect(run.code == 1 && run.output == "")
      #expect(run.error.contains("tw/model.safetensors: error: became shorter than its"), "\(run.error)")
    }
    #expect(try !folder.contents().contains { $0.hasSuffix(".part") })
    #expect((try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out")) ?? [] == [])
  }

  @Test("what goes to a descriptor is added to what it has")
  func descriptors() throws {
    let run = try Command.shell(
      "echo first > log; \"$roofline\" list reducers --format csv --output /dev/stdout >> log; head -2 log",
      folder: folder.path)
    #expect(run.output.hasPrefix("first\nname,"), "\(run.output) \(run.error)")
  }

  @Test("help that cannot be written is an error")
  func help() throws {
    for call in ["--help", "help encode", "--version"] {
      let run = try Command.shell("\"$roofline\" \(call) > /dev/full", folder: folder.path)
      expectDataError(run, at: "standard output", "cannot write: No space left")
    }
  }

  @Test("more patches, and longer headers, than are read are refused at once")
  func limits() throws {
    // 101 x 101 patches of one number, 2 bytes each, and the class token.
    let rows = 101 * 101 + 1
    let header = """
      {"keys":{"dtype":"F16","shape":[\(rows),1],"data_offsets":[0,\(2 * rows)]},\
      "tokens":{"dtype":"F16","shape":[\(rows),1],"data_offsets":[\(2 * rows),\(4 * rows)]},\
      "cls_query":{"dtype":"F16","shape":[1],"data_offsets":[\(4 * rows),\(4 * rows + 2)]}}
      """
    func length(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
    try folder.write(
      "many.safetensors", length(header.utf8.count) + Array(header.utf8) + [UInt8](repeating: 0, count: 4 * rows + 2))
    expectDataError(
      try Command.run(["reduce", "--features", "many.safetensors", "--reducer", "tome:r=1"], folder: folder.path),
      at: "many.safetensors", "10201 patches; reducers, which compare them with each other, take at most 10000")
    try folder.write("long.safetensors", length(16_000_001) + [UInt8](repeating: 32, count: 16_000_001))
    expectDataError(
      try Command.run(["reduce", "--features", "long.safetensors"], folder: folder.path), at: "long.safetensors",
      "a header of 16000001 bytes; at most 16000000 are read")
  }
}
