import Foundation
import Testing

@Suite("From photographs to prefill times")
struct ImageTests {
  @Test("a picture alone has the rows of an estimate, as it has by way of a features file")
  func onePicture() throws {
    let pictures = try Pictures()
    let picture = Pictures.path("rgb-420.jpg")
    let direct = try Pictures.json(Command.run(pictures.call([picture], "--format", "json")).output)
    let rows = try #require(direct["rows"] as? [[String: Any]])
    #expect(rows.map { $0["reducer"] as? String } == ["none", "prumerge", "none", "prumerge"])
    #expect(rows.map { $0["visual_tokens"] as? Int } == [16, 4, 16, 4])
    #expect(rows.allSatisfy { $0["image"] as? String == picture })
    let features = "\(pictures.folder.path)/features.safetensors"
    let encoded = try Command.run(["encode", "--image", picture, "--encoder", Pictures.tower, "--output", features])
    #expect(encoded.code == 0, "\(encoded.error)")
    let indirect = try Command.rows("--model", pictures.model, "--gpu", "v100", "--features", features)
    for key in ["visual_tokens", "prefill_seconds", "total_seconds", "reducer"] {
      #expect(rows.map { "\($0[key] ?? "")" } == indirect.map { "\($0[key] ?? "")" })
    }
  }

  @Test("many pictures have the rows that each has alone, in order, whatever the jobs", arguments: ["1", "2", "8"])
  func manyPictures(jobs: String) throws {
    let pictures = try Pictures()
    let album = try pictures.album()
    let run = try Command.run(pictures.call([album], "--precision", "fp16", "--format", "json", "--jobs", jobs))
    #expect(run.code == 0 && run.error == "")
    let object = try Pictures.json(run.output)
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.map { $0["image"] as? String } == Pictures.names.flatMap { ["\(album)/\($0)", "\(album)/\($0)"] })
    #expect(
      rows.map { $0["visual_tokens"] as? Int } == Pictures.names.flatMap { [16, Pictures.tokens[$0]] })
    // numpy: mean, percentiles 50 and 95 of [3, 2, 3, 4, 4] are 3.2, 3 and 4.
    let summary = try #require((object["summary"] as? [[String: Any]])?.last)
    #expect(summary["visual_tokens_mean"] as? Double == 3.2)
    #expect(summary["visual_tokens_p50"] as? Double == 3 && summary["visual_tokens_p95"] as? Double == 4)
    #expect(summary["images"] as? Int == 5)
  }

  @Test("the table shows distributions; the rows go to a file beside it")
  func table() throws {
    let pictures = try Pictures()
    let file = "\(pictures.folder.path)/rows.csv"
    let run = try Command.run(pictures.call([try pictures.album()], "--output", file))
    #expect(run.code == 0 && run.error == "")
    #expect(run.output.contains("5 of 5 images, encoded by"))
    #expect(run.output.contains("prumerge   3.2    3    4    2    4"))
    let lines = try pictures.folder.text("rows.csv").split(separator: "\n")
    #expect(lines.count == 1 + 5 * 4 && lines[0].hasPrefix("image,model,hardware,precision,"))
  }

  @Test("whole requests of many pictures have their means, those of the rows")
  func requests() throws {
    let pictures = try Pictures()
    let call = pictures.call([try pictures.album()], "--precision", "fp16", "--generate", "7")
    let table = try Command.run(call).output
    #expect(table.contains("Whole request, means over the pictures: 7 output tokens per sequence"))
    let object = try Pictures.json(Command.run(call + ["--format", "json"]).output)
    let rows = try #require(object["rows"] as? [[String: Any]]).filter { $0["reducer"] as? String == "prumerge" }
    let summary = try #require((object["summary"] as? [[String: Any]])?.last)
    for key in [
      "time_to_first_token_seconds", "time_per_output_token_seconds", "request_seconds", "expected_request_seconds",
    ] {
      let mean = try rows.reduce(0) { try $0 + #require($1[key] as? Double) } / 5
      #expect(abs(try #require(summary["\(key)_mean"] as? Double) / mean - 1) < 1e-12)
    }
  }

  @Test("a picture that cannot be read is skipped and said to be")
  func skipped() throws {
    let pictures = try Pictures()
    let run = try Command.run(pictures.call([try pictures.album(broken: true)], "--format", "csv"))
    #expect(run.code == 0)
    let reason = "truncated: the JPEG data end before the picture does; copy it anew"
    #expect(run.error.contains("m-broken.jpg: error: \(reason); skipped\n"))
    #expect(run.error.hasSuffix("1 of 6 images skipped\n"))
    #expect(run.output.split(separator: "\n").count == 1 + 5 * 4)
  }

  @Test("--strict stops there, and keeps no file")
  func strict() throws {
    let pictures = try Pictures()
    let file = "\(pictures.folder.path)/rows.csv"
    let run = try Command.run(pictures.call([try pictures.album(broken: true)], "--strict", "--output", file))
    #expect(run.code == 1 && run.output == "")
    #expect(run.error.contains("m-broken.jpg: error: ") && !run.error.contains("skipped"))
    #expect(!FileManager.default.fileExists(atPath: file))
    #expect(try pictures.folder.contents() == ["album", "tiny.yaml"])
  }

  @Test("nothing but broken pictures is an error, and so is the only one")
  func nothing() throws {
    let pictures = try Pictures()
    let run = try Command.run(pictures.call(["/nowhere.jpg", "/nothing.png"]))
    #expect(run.code == 1 && run.error.contains("none of the 2 images could be read"))
    let alone = try Command.run(pictures.call(["/nowhere.jpg"]))
    #expect(alone.code == 1 && alone.error.hasPrefix("/nowhere.jpg: error: cannot read"))
  }

  @Test("a list names pictures relative to itself")
  func list() throws {
    let pictures = try Pictures()
    _ = try pictures.album()
    let list = try pictures.folder.write("list.txt", "album/large.png\nalbum/gray.jpg\n".utf8)
    let run = try Command.run(pictures.call(["@\(list)"], "--precision", "fp16", "--format", "csv"))
    let images = run.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
    #expect(images.map { $0.hasSuffix("large.png") } == [true, true, false, false])
  }

  @Test("methods work where they belong: inside the encoder, behind it, inside the language model")
  func everywhere() throws {
    let pictures = try Pictures()
    let run = try Command.run(
      pictures.call(
        [Pictures.path("gray.jpg")], "--precision", "fp16", "--format", "json", "--reducer", "tome:r=3", "--reducer",
        "spatial:2x2/fastv:K=2,R=0.5", "--reducer", "fastv:K=2,R=0.5"))
    let rows = try #require(try Pictures.json(run.output)["rows"] as? [[String: Any]])
    // ToMe takes 3 of 16 away in each of two layers.
    #expect(rows.map { $0["visual_tokens"] as? Int } == [16, 10, 4, 16])
    // Layers 0 and 1 of 32 work on 4 tokens, 30 on 2: (2 x 4 + 30 x 2) / 32.
    #expect(rows[2]["mean_visual_tokens"] as? Double == 2.125)
  }

  @Test(
    "one command takes one picture",
    arguments: [["operators", "--reducer", "prumerge"], ["compare", "--budget", "9"]])
  func onePictureOnly(command: [String]) throws {
    let pictures = try Pictures()
    let one = try Command.run(command + pictures.call([Pictures.path("gray.jpg")]))
    #expect(one.code == 0, "\(one.error)")
    let two = try Command.run(command + pictures.call([Pictures.path("gray.jpg"), Pictures.path("large.png")]))
    #expect(two.code == 64 && two.error.contains("--image names 2"))
  }
}
