import Architectures
import Catalog
import Documents
import Foundation
import Testing

@Suite("Finding Hugging Face configurations")
struct ConfigLookupTests {
  private let folder: CatalogFolder
  private let config = #"{"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 3}"#

  init() throws {
    folder = try CatalogFolder()
  }

  /// Makes folders below the user's and writes a file there.
  private func add(_ path: String, _ text: String) throws {
    let parent = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: "\(folder.path)/\(parent)", withIntermediateDirectories: true)
    try folder.add(path, text)
  }

  private func catalog() throws -> Catalog {
    try Catalog(folders: [folder.path], hub: HubCache(folder: "\(folder.path)/hub"))
  }

  @Test("by the path of a file, and of a folder that holds config.json")
  func paths() throws {
    try add("some-model/config.json", config)
    try add("configs/other.json", config)
    for path in ["some-model/config.json", "some-model", "some-model/"] {
      let model = try Catalog.standard.model("\(folder.path)/\(path)")
      #expect(model.name == "some-model")
      #expect(model.language?.layers == 3)
    }
    #expect(try Catalog.standard.model("\(folder.path)/configs/other.json").name == "other")
    #expect(
      diagnostic { try Catalog.standard.model("\(folder.path)/configs") }
        == "\(folder.path)/configs: error: is a directory; expected a file, or a config.json or a GGUF file in it")
  }

  @Test("in a user's catalog, by the name of the file")
  func inCatalog() throws {
    try add("models/mine.json", config)
    #expect(try catalog().model("mine").language?.layers == 3)
    #expect(try catalog().allModels().contains { $0.name == "mine" })
  }

  @Test("by a name in the hub's cache, in its main revision")
  func hub() throws {
    let model = "hub/models--org--a.Model-1"
    try add("\(model)/refs/main", "0123abc")
    try add("\(model)/snapshots/0123abc/config.json", config)
    try add("\(model)/snapshots/9999/config.json", "{}")
    #expect(try catalog().model("org/a.Model-1").name == "org/a.Model-1")
    guard case .model = try catalog().item("org/a.Model-1") else {
      Issue.record("expected a model")
      return
    }
  }

  @Test("the error for a model that is not in the cache says what would fetch it")
  func missing() throws {
    #expect(
      diagnostic { try catalog().model("org/none") }
        == "error: org/none is neither in the catalog nor in the hub's cache \(folder.path)/hub; "
        + "\"hf download org/none config.json\" fetches it")
    try add("hub/models--org--weights/refs/main", "abc")
    #expect(
      diagnostic { try catalog().model("org/weights") }
        == "error: the hub's cache has org/weights without its config.json; "
        + "\"hf download org/weights config.json\" fetches it")
    try add("hub/models--org--bad/refs/main", "../../..")
    #expect(diagnostic { try catalog().model("org/bad") }?.hasSuffix("error: expected the name of a revision") == true)
    #expect(diagnostic { try Catalog(folders: [folder.path], hub: HubCache(folder: nil)).model("org/none") } != nil)
  }

  @Test(arguments: ["org/model", "a/b.c-d_e"]) func names(_ name: String) { #expect(HubCache.isName(name)) }

  @Test(arguments: ["", "model", "/model", "org/", "../x", "a/b/c", "a/.b", "a b/c", "a/ö"])
  func noNames(_ name: String) { #expect(!HubCache.isName(name)) }
}
