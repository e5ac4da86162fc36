import Architectures
import Catalog
import Foundation
import Images
import Photographs
import Testing

@Suite("Encoders and their preprocessing")
struct ImageEncoderTests {
  /// A copy of the tower of 56 pixels with a file beside it.
  private func tower(_ file: String, _ text: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        atPath: "\(Fixtures.tower("plain"))/\(name)", toPath: "\(folder.path)/\(name)")
    }
    try folder.write(file, text)
    return folder
  }

  @Test("without a file, pictures are prepared as CLIP's at the size of the tower")
  func defaults() throws {
    let encoder = try ImageEncoder(Fixtures.tower("plain"))
    #expect(encoder.note?.contains("as CLIP's, at 56 pixels") == true)
    #expect(encoder.preprocessing.crop?.height == 56 && encoder.preprocessing.crop?.width == 56)
  }

  @Test("newer models keep the preprocessing in processor_config.json")
  func processor() throws {
    let text =
      #"{"image_processor": {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 60}, "#
      + #""crop_size": {"height": 56, "width": 56}}, "patch_size": 14}"#
    let folder = try tower("processor_config.json", text)
    let encoder = try withExtendedLifetime(folder) { try ImageEncoder(folder.path) }
    #expect(encoder.note == nil)
    #expect(encoder.preprocessing.size == .shortestEdge(60))
  }

  @Test("pictures of another size than the tower's are an error")
  func otherSize() throws {
    let folder = try tower("preprocessor_config.json", #"{"crop_size": 64, "size": 64}"#)
    let text = withExtendedLifetime(folder) { diagnostic { _ = try ImageEncoder(folder.path) } }
    #expect(text.contains("64 x 64 pixels, but the tower takes 56 x 56"))
  }

  @Test("an encoder that is not the model's is an error that names both")
  func otherModel() throws {
    let model = try Catalog.standard.model("llava-1.5-7b")
    let text = diagnostic { try ImageEncoder(Fixtures.tower("plain")).check(fits: model) }
    #expect(text.contains("3 layers of width 32, 16 patches"))
    #expect(text.contains("llava-1.5-7b (24 layers of width 1024, 576 patches)"))
  }

  @Test("a model's own encoder is looked up in the cache, the tower's name before the model's")
  func lookup() throws {
    let folder = try TemporaryFolder()
    try folder.write("catalog/hardware/.keep")
    let catalog = try Catalog(
      folders: ["\(folder.path)/catalog"],
      hub: HubCache(folder: "\(folder.path)/hub"))
    let missing = diagnostic { _ = try catalog.encoder(of: "llava-1.5-7b") }
    #expect(missing.contains("hf download openai/clip-vit-large-patch14-336"))
    #expect(diagnostic { _ = try catalog.encoder(of: "vicuna-7b") }.contains("--encoder"))
    func install(_ name: String) throws {
      try folder.write("hub/models--\(name.replacing("/", with: "--"))/refs/main", "abc")
      for file in ["config.json", "model.safetensors"] {
        try folder.write("hub/models--\(name.replacing("/", with: "--"))/snapshots/abc/\(file)", "{}")
      }
    }
    try install("llava-hf/llava-1.5-7b-hf")
    #expect(try catalog.encoder(of: "llava-1.5-7b") == "llava-hf/llava-1.5-7b-hf")
    try install("openai/clip-vit-large-patch14-336")
    #expect(try catalog.encoder(of: "llava-1.5-7b") == "openai/clip-vit-large-patch14-336")
  }

  @Test("a model of which the cache lacks a part is an error with the command that fetches it")
  func incomplete() throws {
    let folder = try TemporaryFolder()
    let hub = HubCache(folder: "\(folder.path)/hub")
    let model = "hub/models--org--model"
    try folder.write("\(model)/refs/main", "abc")
    func missing() -> String { diagnostic { _ = try hub.encoder("org/model") } }
    #expect(missing().contains("without its files; \"hf download org/model\" fetches it"))
    try folder.write("\(model)/snapshots/abc/config.json", "{}")
    #expect(missing().contains("without its model.safetensors; \"hf download org/model\" fetches it"))
    try folder.write("\(model)/snapshots/abc/model.safetensors.index.json", "{}")
    #expect(try hub.encoder("org/model") == "\(folder.path)/\(model)/snapshots/abc")
    try FileManager.default.removeItem(atPath: "\(folder.path)/\(model)/snapshots/abc/config.json")
    #expect(missing().contains("without its config.json"))
  }
}
