import Catalog
import Documents
import Hardware
import Quantities
import Testing

@Suite("A user's own catalog")
struct UserCatalogTests {
  private let first: CatalogFolder
  private let second: CatalogFolder

  init() throws {
    first = try CatalogFolder()
    second = try CatalogFolder()
  }

  private func catalog() throws -> Catalog { try Catalog(folders: [first.path, second.path]) }

  private func bandwidth(_ name: String) throws -> Double {
    try catalog().hardware(name).bandwidth.value.value / 1e9
  }

  @Test("stands in front of the built-in one, the first folder in front of the second")
  func precedence() throws {
    #expect(try bandwidth("v100") == 900)
    try second.addHardware("v100", gigabytes: 100)
    #expect(try bandwidth("v100") == 100)
    try first.addHardware("v100", gigabytes: 200)
    #expect(try bandwidth("v100") == 200)
    #expect(try bandwidth("a100-80gb") > 1000)
    // Found by the built-in file's alias no more: the user's v100 hides that file.
    #expect(diagnostic { try catalog().hardware("v100-pcie-16gb") }?.contains("unknown hardware") == true)
    #expect(try catalog().allHardware().count == Catalog.standard.allHardware().count)
  }

  @Test("its aliases too, whatever the names of the files")
  func aliases() throws {
    try second.addHardware("zz", aliases: "[v100-pcie, mine]", gigabytes: 100)
    #expect(try bandwidth("v100-pcie") == 100)
    #expect(try bandwidth("mine") == 100)
    try first.addHardware("zzz", aliases: "[mine]", gigabytes: 200)
    #expect(try bandwidth("mine") == 200)
    // A name is stronger than an alias.
    try first.addHardware("zzzz", aliases: "[zz]", gigabytes: 300)
    #expect(try bandwidth("zz") == 100)
  }

  @Test("names with capitals, and names that differ in case alone")
  func capitals() throws {
    try first.addHardware("MyGPU", gigabytes: 100)
    #expect(try bandwidth("MyGPU") == 100)
    #expect(try bandwidth("mygpu") == 100)
    try second.addHardware("mygpu", gigabytes: 200)
    #expect(try bandwidth("MyGPU") == 100)
    #expect(try bandwidth("mygpu") == 200)
  }

  @Test("names with spaces, accents, dots and signs", arguments: ["my gpu", "größe", "v1.5+", "a'b\\\"c", "名", "-x"])
  func oddNames(name: String) throws {
    let yaml = "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    try first.addHardware(yaml, file: "\(name).yaml")
    #expect(try catalog().hardware(name).name == name)
  }

  @Test("files of all three endings; hidden files are not read")
  func endings() throws {
    try first.addHardware("a", file: "a.yml")
    try first.add("hardware/.#a.yaml", "no: catalog: file")
    try first.add("hardware/README.md", "no catalog file")
    try first.add(
      "hardware/b.json",
      """
      {"name": "b", "title": "B", "vendor": "Nobody", "kind": "cpu", "sources": {},
       "vector": {"fp32": {"value": "1 TFLOP/s", "source": "unverified"}},
       "memory": {"bandwidth": {"value": "100 GB/s", "source": "unverified"}}}
      """)
    let names = try catalog().allHardware().map(\.name)
    #expect(names.contains("a") && names.contains("b"))
    #expect(names.count == (try Catalog.standard.allHardware().count) + 2)
  }

  @Test("a folder with one of the kinds is enough; one with none is a slip")
  func folders() throws {
    let file = try first.add("hardware/x.yaml", "")
    #expect(
      diagnostic { try Catalog(folders: ["\(first.path)/hardware"]) }
        == "\(first.path)/hardware: error: has no folder \"hardware\", \"models\" or \"engines\" in it; "
        + "a catalog holds hardware/*.yaml, models/*.yaml and engines/*.yaml")
    for path in [file, "\(first.path)/none"] {
      #expect(diagnostic { try Catalog(folders: [path]) }?.hasPrefix("\(path): error: is no folder") == true)
    }
  }

  @Test("an error in a file stands at its place in that file")
  func errors() throws {
    let empty = try first.add("hardware/x.yaml", "")
    #expect(diagnostic { try catalog().hardware("x") } == "\(empty): error: is empty; expected a YAML mapping")
    let misnamed = try first.addHardware("other", file: "x.yaml")
    #expect(
      diagnostic { try catalog().hardware("x") }
        == "\(misnamed):1:7: error: a catalog file is named after what it describes; expected \"x\" here")
    #expect(throws: Never.self) { try catalog().hardware("v100") }
  }

  @Test("files whose endings are in capitals count as any others, by name and by path")
  func loudEndings() throws {
    let path = try first.addHardware("loud", file: "loud.YAML", gigabytes: 123)
    #expect(try bandwidth("loud") == 123)
    #expect(try bandwidth(path) == 123)
  }

  @Test("a table of names finds what a lookup finds, and opens nothing else")
  func names() throws {
    try first.addHardware("MyGPU", aliases: "[mine, \"Other One\"]")
    try second.addHardware("zz", aliases: "[mine, v100-pcie]", gigabytes: 200)
    let catalog = try catalog()
    let names = try CatalogNames(.hardware, of: catalog)
    for text in ["MyGPU", "mygpu", "my gpu", "mine", "other-one", "zz", "v100-pcie", "V100", "RTX 4090", "a100"] {
      let name = try #require(try names.file(of: text))
      #expect(try catalog.hardware(name).name == catalog.hardware(text).name, "\(text)")
    }
    let path = try first.addHardware("here")
    for text in ["nothing", "", path, "./x.yaml", "vicuna-7b"] { #expect(try names.file(of: text) == nil) }
    try second.addHardware("my-gpu")
    let both = try CatalogNames(.hardware, of: self.catalog())
    #expect(
      diagnostic { try both.file(of: "my gpu") as Any }
        == "error: \"my gpu\" could be \"MyGPU\" or \"my-gpu\"; write which")
  }
}
