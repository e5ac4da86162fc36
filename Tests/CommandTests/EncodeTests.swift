import Foundation
import Testing

@Suite("roofline encode")
struct EncodeTests {
  /// A tower that transformers made; see Tests/EncodingTests/Fixtures/make_towers.py.
  private let tower = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("EncodingTests/Fixtures/plain").path
  private var pixels: String { "\(tower)/expected.safetensors" }

  @Test("writes features that reduce reads")
  func features() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/features.safetensors"
    let row = try #require(
      Command.rows("encode", "--pixel-values", pixels, "--encoder", tower, "--output", path, "--threads", "2").first)
    #expect(row["grid"] as? String == "4x4" && row["patches"] as? Int == 16 && row["width"] as? Int == 32)
    #expect((row["seconds"] as? Double ?? 0) > 0)
    let kept = try Command.rows("reduce", "--features", path, "--reducer", "fastervlm:5")
    #expect(kept.first?["tokens_after"] as? Int == 5)
  }

  @Test("finds a tower in the hub's cache, and says what would fetch one that is not there")
  func hub() throws {
    let folder = try TemporaryFolder()
    let model = "models--org--tower"
    try folder.write("\(model)/refs/main", "abc".utf8)
    for file in ["config.json", "model.safetensors"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(tower)/\(file)"))
      try folder.write("\(model)/snapshots/abc/\(file)", bytes)
    }
    let call = ["encode", "--pixel-values", pixels, "--encoder"]
    let found = try Command.run(call + ["org/tower"], environment: ["HF_HUB_CACHE": folder.path])
    #expect(found.code == 0, "\(found.error)")
    let missing = try Command.run(call + ["org/none"], environment: ["HF_HUB_CACHE": folder.path])
    #expect(missing.code == 1)
    #expect(missing.error.contains("\"hf download org/none\" fetches it"))
    let neither = try Command.run(call + ["nowhere/at/all"], environment: ["HF_HUB_CACHE": folder.path])
    #expect(neither.code == 1 && neither.error.contains("expected a folder with config.json"))
  }

  @Test("refuses pixels of another shape, and wrong calls")
  func wrong() throws {
    let run = try Command.run(["encode", "--pixel-values", "\(tower)/model.safetensors", "--encoder", tower])
    #expect(run.code == 1 && run.error.contains("has no tensor \"pixel_values\""))
    for option in [["--threads", "0"], ["--repeat", "0"], ["--output", "table.csv"]] {
      let run = try Command.run(["encode", "--pixel-values", pixels, "--encoder", tower] + option)
      #expect(run.code == 64, "\(option)")
    }
  }
}
