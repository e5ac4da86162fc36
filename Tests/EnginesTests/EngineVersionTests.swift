import Engines
import Testing

/// Versions as people and logs write them.
struct EngineVersionTests {
  @Test(arguments: [
    ("0.19.0", 0, 19), ("v0.19.0", 0, 19), ("0.20", 0, 20), ("0.7.x (V0)", 0, 7), ("0.25.2.dev0+g752a", 0, 25),
    ("1.0rc1", 1, 0),
  ])
  func numbersAreRead(_ text: String, _ major: Int, _ minor: Int) throws {
    let version = try #require(EngineVersion(text))
    #expect(version.major == major && version.minor == minor)
  }

  @Test(arguments: ["", "V1", "2024", "a fork of V1", "x.1", "0.x", ".5", "-1.2"])
  func othersAreNone(_ text: String) { #expect(EngineVersion(text) == nil) }

  @Test func namesHaveVersionsBehindThem() {
    #expect(EngineVersion.named("vLLM 0.6 ROCm")?.family == "vLLM")
    #expect(EngineVersion.named("vllm-0.20")?.version.minor == 20)
    #expect(EngineVersion.named("tensorrt-llm-2024") == nil && EngineVersion.named("llama.cpp b4000") == nil)
    #expect(EngineVersion.named("tensorrt-llm-0.5")?.family == "tensorrt-llm")
  }

  @Test func theLatestBeforeIsTaken() throws {
    let names = [
      ("an-engine-0.2", "old"), ("An Engine-0.16", "middle"), ("an-engine-0.19", "new"), ("other-9.0", "other"),
    ]
    let known = EngineVersions(names.map { (name: $0, known: $1) })
    #expect(known.hasFamily("AN-ENGINE") && known.hasFamily("other") && !known.hasFamily("an-engine-0.2"))
    func latest(_ text: String) throws -> String? {
      known.latest(of: "an engine", notAfter: try #require(EngineVersion(text)))
    }
    #expect(try latest("0.20") == "new" && latest("0.19") == "new" && latest("0.18") == "middle")
    #expect(try latest("0.3") == "old" && latest("0.1") == nil && latest("2.0") == "new")
  }
}
