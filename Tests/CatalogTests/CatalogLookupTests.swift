import Architectures
import Catalog
import Documents
import Foundation
import Hardware
import Quantities
import Testing

@Suite("Finding models and devices")
struct CatalogLookupTests {
  private let folder: CatalogFolder

  init() throws { folder = try CatalogFolder() }

  @Test("case, spaces and dashes do not matter", arguments: ["RTX 4090", "rtx4090", "Rtx_4090", "rtx-4090"])
  func spellings(name: String) throws {
    #expect(try Catalog.standard.hardware(name).name == "rtx-4090")
  }

  @Test("of the built-in devices one breaks a rule of sense, and says why")
  func exceptions() throws {
    // Reading the catalog checks the rules. Gaudi 3's FP16 is a quarter of its BF16.
    let excepted = try Catalog.standard.allHardware().filter { !$0.exceptions.isEmpty }
    #expect(excepted.map(\.name) == ["gaudi-3"])
    #expect(excepted.first?.exceptions.map(\.rule) == [.halfFormats])
    #expect(excepted.first?.exceptions.first?.sources.isEmpty == false)
  }

  @Test("an unknown name is met with the nearest ones")
  func unknown() {
    #expect(
      diagnostic { try Catalog.standard.model("vicunna7b") }
        == "error: unknown model \"vicunna7b\"; did you mean \"vicuna-7b\"? \"roofline list models\" lists them all; "
        + "a Hugging Face configuration goes by the path of its config.json or of the folder that holds it")
    #expect(
      diagnostic { try Catalog.standard.hardware("v10") }?
        .hasPrefix("error: unknown hardware \"v10\"; did you mean ") == true)
    #expect(diagnostic { try Catalog.standard.hardware("v10") }?.contains("\"v100\"") == true)
    #expect(
      diagnostic { try Catalog.standard.hardware("threadripper") }
        == "error: unknown hardware \"threadripper\"; \"roofline list hardware\" lists them all")
    #expect(diagnostic { try Catalog.standard.item("llava") }?.contains("did you mean \"llava-1.5-") == true)
  }

  @Test("a model is no device and the other way round")
  func kinds() {
    #expect(diagnostic { try Catalog.standard.hardware("vicuna-7b") }?.hasPrefix("error: unknown hardware") == true)
    #expect(diagnostic { try Catalog.standard.model("v100") }?.hasPrefix("error: unknown model") == true)
  }

  @Test("a file at a path, whatever it is called")
  func paths() throws {
    let path = try folder.addHardware("any-name", file: "some file.yaml", gigabytes: 123)
    #expect(try Catalog.standard.hardware(path).bandwidth.value.value == 123e9)
    guard case .hardware(let device) = try Catalog.standard.item(path) else {
      Issue.record("expected a device")
      return
    }
    #expect(device.name == "any-name")
    // Without an ending, a path is one that has a folder in it.
    let plain = "\(folder.path)/plain"
    try FileManager.default.copyItem(atPath: path, toPath: plain)
    #expect(try Catalog.standard.hardware(plain).name == "any-name")
  }

  @Test func unreadablePaths() {
    #expect(
      diagnostic { try Catalog.standard.hardware("none.yaml") }
        == "none.yaml: error: cannot read: No such file or directory")
    #expect(
      diagnostic { try Catalog.standard.model("\(folder.path)/models") }
        == "\(folder.path)/models: error: is a directory; expected a file, or a config.json or a GGUF file in it")
    #expect(
      diagnostic { try Catalog.standard.hardware("/dev/null") }
        == "/dev/null: error: is empty; expected a YAML mapping")
    #expect(
      diagnostic { try Catalog.standard.hardware("/dev/zero") }
        == "/dev/zero: error: has more than 1048576 bytes; at most 1048576 are read here")
  }

  @Test("a model may refer to another and change some of its figures")
  func references() throws {
    let text = """
      name: short
      title: Short
      language: { model: vicuna-7b, layers: 1 }
      sources: { language: "made up" }
      """
    try folder.add("models/short.yaml", text)
    let model = try Catalog(folders: [folder.path]).model("short")
    #expect(model.language?.layers == 1)
    #expect(model.language?.block.width == 4096)
    #expect(
      diagnostic {
        try Catalog.standard.model(folder.add("models/x.yaml", text.replacing("vicuna-7b", with: "vicuna")))
      }
        == "\(folder.path)/models/x.yaml:3:20: error: unknown model \"vicuna\"; "
        + "did you mean \"vicuna-7b\" or \"vicuna-13b\" or \"vicuna-7b-v1.5\"? \"roofline list models\" lists them all"
    )
  }

  @Test("models that refer to each other in a circle are an error, not a hang")
  func circle() throws {
    for (name, other) in [("a", "b"), ("b", "a"), ("self", "self")] {
      try folder.add(
        "models/\(name).yaml",
        "name: \(name)\ntitle: T\nlanguage: { model: \(other) }\nsources: { language: x }\n")
    }
    let catalog = try Catalog(folders: [folder.path])
    for name in ["a", "b", "self"] {
      #expect(
        diagnostic { try catalog.model(name) }?
          .hasSuffix(":3:20: error: models refer to each other in a circle or too deeply") == true)
    }
  }
}
