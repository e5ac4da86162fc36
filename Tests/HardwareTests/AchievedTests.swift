import Documents
import Hardware
import Quantities
import Testing

@Suite("What kernels achieve")
struct AchievedTests {
  private static let section = """
    achieved:
      multiprocessors: { value: 12, source: sheet }
      products:
        fp16: { peak: 0.8, bandwidth: 0.9, overhead: 5 us, source: paper }
      elementwise: { bandwidth: 1, overhead: 2 us, source: paper }

    """

  private func device(_ section: String) throws -> Accelerator {
    try accelerator(sampleFile.replacing("sources:\n", by: section + "sources:\n"))
  }

  private func refusal(_ old: String, _ new: String) -> String? {
    let section = Self.section.replacing(old, by: new)
    return #expect(throws: Diagnostic.self) { try device(section) }?.description
  }

  @Test func isReadWithItsSources() throws {
    let achieved = try device(Self.section).achieved
    #expect(achieved.multiprocessors == 12)
    #expect(achieved.multiprocessorsOrigin?.sources.map(\.key) == ["sheet"])
    #expect(achieved.products(in: .fp16).peak == 0.8)
    #expect(achieved.products(in: .bf16).bandwidth == 0.9)
    #expect(abs(achieved.products(in: .fp16).overhead.value - 5e-6) < 1e-15)
    #expect(achieved.elementwise.sources.map(\.key) == ["paper"])
    #expect(!achieved.isEstimated)
    #expect(achieved.attention.isEstimated)
  }

  @Test func theDivisionOfRows() throws {
    #expect(try device(Self.section).achieved.products(in: .fp16).division == nil)
    let own = Self.section.replacing("peak: 0.8,", by: "peak: 0.8, parts: 4,")
    #expect(try device(own).achieved.products(in: .fp16).division == RowDivision(parts: 4))
    let error = try #require(refusal("peak: 0.8,", "peak: 0.8, parts: 0,"))
    #expect(error.contains("expected the parts that rows are divided into to be a whole number"), "\(error)")
  }

  @Test func withoutASectionTheClassStandsIn() throws {
    let achieved = try accelerator(sampleFile).achieved
    #expect(achieved.isEstimated)
    #expect((0.5...1).contains(achieved.products(in: .fp16).peak))
    let cpu = try accelerator(sampleFile.replacing("kind: gpu", by: "kind: cpu")).achieved
    #expect(achieved.multiprocessorsOrigin == nil)
    #expect(cpu.multiprocessors == nil)
    #expect(cpu != achieved)
  }

  @Test func whatAPowerLimitLeavesOfTheClock() throws {
    #expect(try device(Self.section).achieved.products(in: .fp16).sustained == 1)
    let own = Self.section.replacing("peak: 0.8,", by: "peak: 0.8, sustained: 0.7,")
    #expect(try device(own).achieved.products(in: .fp16).sustained == 0.7)
    // Of the whole device: for what its class stands in for, not for what was measured.
    let stated = "achieved:\n  sustained: { value: 0.6, source: sheet, note: a }\n"
    let whole = Self.section.replacing("achieved:\n", by: stated)
    let achieved = try device(whole).achieved
    #expect(achieved.products(in: .fp16).sustained == 1)
    #expect(achieved.products(in: .fp8).sustained == 0.6)
    #expect(achieved.sustained?.share == 0.6)
    #expect(achieved.sustained?.origin.sources.map(\.key) == ["sheet"])
    #expect(achieved.sustained?.origin.note == "a")
  }

  @Test(
    "wrong figures are errors at their place",
    arguments: [
      ("peak: 0.8", "peak: 1.2", "f.yaml:20:19", "expected the share of the peak to be a number from 0.001 to 1.0"),
      ("peak: 0.8, ", "", "f.yaml:20:11", "lacks the required key \"peak\""),
      ("peak: 0.8,", "peak: 0.8, sustained: 2,", "f.yaml:20:35", "the sustained share of the peak"),
      ("5 us", "5", "f.yaml:20:50", "without a unit"),
      ("5 us", "5 s", "f.yaml:20:50", "the overhead of a kernel is 5.00 s; machines take at most 10 ms"),
      ("value: 12", "value: 0", "f.yaml:18:29", "expected the multiprocessors to be a whole number from 1 to 100000"),
      ("bandwidth: 1,", "peak: 1, bandwidth: 1,", "f.yaml:21:18", "unknown key \"peak\""),
      ("bandwidth: 1,", "streams: 1.1, bandwidth: 1,", "f.yaml:21:27", "the share of the streams"),
      ("elementwise:", "elementwize:", "f.yaml:21:3", "did you mean \"elementwise\"?"),
      ("fp16:", "fp17:", "f.yaml:20:5", "unknown key \"fp17\""),
      (
        "us, source: paper }\n  elementwise", "us, source: rumour }\n  elementwise", "f.yaml:20:64",
        "\"rumour\" is not listed"
      ),
    ])
  func refused(old: String, new: String, place: String, message: String) throws {
    let error = try #require(refusal(old, new))
    #expect(error.hasPrefix("\(place): error: "), "\(error)")
    #expect(error.contains(message), "\(error)")
  }
}
