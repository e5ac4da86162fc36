import Architectures
import Documents
import Testing

@Suite struct ModelFileTests {
  private let base = """
    name: base
    title: Base
    language: { layers: 2, width: 8, heads: 4, kv_heads: 2, feed_forward: 10, vocabulary: 7, activation: silu }
    sources: { language: made up }
    """

  private func model(_ text: String, referring files: [String: String] = [:]) throws -> Model {
    try Model(file: try YAML.parse(Array(text.utf8), file: "m.yaml")) { (name, node) throws(Diagnostic) in
      guard let text = files[name] else { throw node.error("unknown model \(name)") }
      return try YAML.parse(Array(text.utf8), file: "\(name).yaml")
    }
  }

  private func error(_ text: String, referring files: [String: String] = [:]) -> String? {
    do {
      _ = try model(text, referring: files)
      return nil
    } catch { return "\(error)" }
  }

  private let child = """
    name: child
    title: Child
    language: { model: base, layers: 3 }
    sources: { language: made up }
    """

  @Test func referenceGivesWhatIsNotReplaced() throws {
    let model = try model(child, referring: ["base": base])
    #expect(model.language?.layers == 3)
    #expect(model.language?.block.kvHeads == 2)
    #expect(model.language?.block.headWidth == 2)
  }

  @Test func misspeltKeyOfAReferredModelIsRefused() {
    let typo = base.replacing("kv_heads", with: "kv_hedas")
    #expect(
      error(child, referring: ["base": typo])
        == "base.yaml:3:44: error: unknown key \"kv_hedas\" in the language part; did you mean \"kv_heads\"?")
  }

  @Test func circlesEnd() {
    let circle = base.replacing("layers: 2", with: "model: base")
    #expect(error(child, referring: ["base": circle])?.contains("in a circle or too deeply") == true)
  }

  @Test func everyPartNamesItsSource() {
    #expect(
      error(base.replacing("{ language: made up }", with: "{ parameters: made up }"))
        == "m.yaml:4:10: error: the list of sources lacks the required key \"language\"")
    #expect(
      error(base.replacing("made up }", with: "made up, vision: made up }"))
        == "m.yaml:4:39: error: a source for \"vision\", which the file does not have")
  }
}
