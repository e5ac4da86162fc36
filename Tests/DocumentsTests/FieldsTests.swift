import Documents
import Testing

@Suite("Mappings of known keys")
struct FieldsTests {
  private func fields(_ text: String, known: [String] = ["bandwidth", "capacity"]) throws -> Fields {
    try Fields(YAML.parse(Array(text.utf8), file: "f.yaml"), "memory", known: known)
  }

  @Test func values() throws {
    let fields = try fields("bandwidth: 5\n")
    #expect(try fields.required("bandwidth").text("it") == "5")
    #expect(fields["capacity"] == nil)
    #expect(
      diagnostic { try fields.required("capacity") } == "f.yaml:1:1: error: memory lacks the required key \"capacity\"")
  }

  @Test(arguments: ["capacity:\n", "capacity: ~\n", "capacity: null\n"])
  func keysWithoutValue(line: String) {
    let message = diagnostic { try fields("bandwidth: 5\n\(line)") }
    #expect(message?.hasSuffix("error: the key \"capacity\" has no value; give one or leave the key out") == true)
  }

  @Test func unknownKeys() {
    #expect(
      diagnostic { try fields("bandwidth: 5\nbandwith: 6\n") }
        == "f.yaml:2:1: error: unknown key \"bandwith\" in memory; did you mean \"bandwidth\"?")
    #expect(
      diagnostic { try fields("colour: red\n") }
        == "f.yaml:1:1: error: unknown key \"colour\" in memory; known keys are bandwidth, capacity")
    #expect(diagnostic { try fields("\"\": 5\n") }?.hasPrefix("f.yaml:1:1: error: unknown key \"\" in memory") == true)
  }
}

@Suite("Nearest names")
struct NearestNamesTests {
  private let devices = ["v100", "v100-sxm2", "a100-40gb", "a100-80gb", "h100-sxm", "xeon-8480", "epyc-9654"]

  // Distances by hand: v10 lacks one letter of v100; vv100 has one too many; 1v00 swaps two; V100 differs in case.
  @Test(arguments: ["v10", "vv100", "1v00", "V100", "v1000", "w100"])
  func oneSlip(name: String) {
    #expect(nearest(to: name, among: devices).first == "v100")
  }

  @Test func partsOfNames() {
    #expect(nearest(to: "sxm", among: devices) == ["h100-sxm", "v100-sxm2"])
    #expect(nearest(to: "100", among: devices) == ["v100", "h100-sxm", "a100-40gb"])
    #expect(nearest(to: "xeon", among: devices) == ["xeon-8480"])
  }

  @Test func nothingNear() {
    #expect(nearest(to: "threadripper", among: devices).isEmpty)
    #expect(nearest(to: "", among: devices).isEmpty)
    #expect(nearest(to: "v100", among: []).isEmpty)
  }

  @Test("at most three: by edits, then those that begin alike, then the shorter")
  func order() {
    #expect(nearest(to: "abcd", among: ["abxx", "abcx", "abcd1", "abce", "zbcd"]) == ["abce", "abcx", "abcd1"])
  }

  @Test("a name of a million letters takes no time")
  func longName() {
    #expect(nearest(to: String(repeating: "v100", count: 250_000), among: devices).count <= 3)
  }

  @Test("a mapping may be of any keys, each with a value")
  func anyKeys() throws {
    let root = try YAML.parse(Array("a: 1\nzzz: 2\nb:\n".utf8), file: "f.yaml")
    let findings = Findings()
    let fields = try Fields(root, "the file", known: nil, findings)
    #expect(fields["zzz"] != nil && fields["b"] == nil)
    #expect(findings.all.map(\.message) == ["the key \"b\" has no value; give one or leave the key out"])
  }
}
