import Catalog
import Documents
import Engines
import Hardware
import Quantities
import Testing

/// Which engine is taken unasked, and what users change of one.
struct EngineTests {
  @Test func theFileWithoutAnEngineKeepsNothing() throws {
    #expect(try Catalog.standard.engine("none").memory.largestPass == nil)
    #expect(try Catalog.standard.engine("none").memory.utilization.value == Engine.none.memory.utilization.value)
    #expect(try Catalog.standard.engine("none").memory.context.value == Engine.none.memory.context.value)
  }

  @Test func classOfVendorGoesBeforeClassOfKind() throws {
    let catalog = Catalog.standard
    var (any, apple) = (Engine.none, Engine.none)
    (any.name, any.defaults) = ("any", [Engine.DeviceClass(kind: .soc, vendor: nil)])
    (apple.name, apple.defaults) = ("apple", [Engine.DeviceClass(kind: .soc, vendor: "apple")])
    let engines = [any, apple]
    #expect(engines.usual(for: try catalog.hardware("apple-m1")).name == "apple")
    #expect(engines.usual(for: try catalog.hardware("jetson-thor")).name == "any")
    #expect(engines.usual(for: try catalog.hardware("h100-sxm")).name == "none")
  }

  @Test func settingsTakeThePlaceOfFigures() throws {
    let vllm = try Catalog.standard.engine("vllm")
    let changed = try vllm.with(.init(utilization: 0.5, sequences: 16, batchTokens: 20_000))
    let device = try Catalog.standard.hardware("h100-sxm")
    #expect(changed.memory.utilization.value.value == 0.5)
    #expect(changed.memory.largestPass?.size(on: device).sequences.value.value == 16)
    #expect(changed.memory.largestPass?.size(on: device).tokens.value.value == 20_000)
    #expect(try vllm.with(.init()) == vllm && changed.settings.sequences == 16)
    let error = #expect(throws: Diagnostic.self) { try Engine.none.with(.init(sequences: 16)) }
    #expect(error?.message.contains("--max-num-seqs belongs to engines") == true)
  }
}
