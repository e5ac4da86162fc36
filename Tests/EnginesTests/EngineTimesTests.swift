import Documents
import Engines
import Hardware
import Quantities
import Testing

/// A made-up engine with times.
private let sample = """
  name: sample
  title: Sample Engine
  memory:
    utilization: { value: 1, source: manual }
  times:
    relative: other
    step: { value: 2 ms, source: manual }
    layer: { value: 0.3 ms, source: manual }
    launches: { value: 40, source: manual }
    request: { value: 5 ms, source: unverified }
    picture: { value: 60 ms, source: manual }
    overhead: { value: 0.5, source: manual }
    unpacking: { value: 0.04, source: manual }
    formats:
      int4: { weights: 4.5, head: 6.5, source: manual, note: groups of 32 }
      w8a16: { weights: 8.5, source: manual }
      fp8: { cache: fp8, source: manual }
    streams:
      - { class: hbm, weights: 0.9, cache: 0.7, source: manual }
      - { weights: 0.6, eight_bits: 0.5, source: manual }
    work:
      - { class: [hbm, amd], weight_bits: 4, value: 2.5, source: manual }
      - { class: consumer, sums: fp16, value: 1.5, source: manual }
      - { input_bits: 8, value: 3, source: manual }
  sources:
    manual: "the manual"
  """

private func engine(_ text: String) throws -> Engine {
  try Engine(file: YAML.parse(Array(text.utf8), file: "e.yaml"))
}

/// Reads what engine files say of times.
struct EngineTimesTests {
  @Test func readsEveryFigure() throws {
    let times = try #require(try engine(sample).times)
    #expect(times.relative == "other")
    #expect(times.step.value == Seconds(2e-3))
    #expect(times.layer.value == Seconds(0.3e-3))
    #expect(times.launches?.value.value == 40)
    // 0.3 ms / 40
    #expect(abs(times.launch.value - 7.5e-6) < 1e-18)
    #expect(times.request.value == Seconds(5e-3))
    #expect(!times.request.isVerified)
    #expect(times.picture.value == Seconds(60e-3))
    #expect(times.overhead.value.value == 0.5)
    #expect(times.unpacking?.value.value == 0.04)
    #expect(times.formats["int4"]?.weights?.value.value == 4.5)
    #expect(times.formats["int4"]?.head?.value.value == 6.5)
    #expect(times.formats["int4"]?.weights?.note == "groups of 32")
    #expect(times.formats["w8a16"]?.head == nil)
    #expect(times.formats["fp8"]?.cache?.format == .fp8)
    #expect(times.streams.map { $0.weights?.value.value } == [0.9, 0.6])
    #expect(times.streams.map { $0.cache?.value.value } == [0.7, nil])
  }

  @Test("the first work that describes device and bits counts")
  func findsWork() throws {
    let times = try #require(try engine(sample).times)
    func factor(_ device: DeviceClass, _ weights: Double, _ inputs: Double) -> Double? {
      times.work(on: device, weightBits: weights, inputBits: inputs)?.factor.value.value
    }
    #expect(factor(.hbm, 4.15625, 16) == 2.5)
    #expect(factor(.hbm, 8, 8) == 3)
    #expect(factor(.hbm, 16, 16) == nil)
    #expect(factor(.consumer, 16, 16) == 1.5)
    #expect(times.work(on: .consumer, weightBits: 4, inputBits: 16)?.sumsInHalf == true)
    #expect(times.work(on: .amd, weightBits: 4, inputBits: 16)?.sumsInHalf == false)
  }

  @Test(
    "what makes no sense is refused at its place",
    arguments: [
      ("weight_bits: 4", "weight_bits: 5", "expected 4, 8, 16 bits, found 5"),
      ("class: consumer", "class: desktop", "the class of devices"),
      ("sums: fp16", "sums: fp8", "expected sums in fp16 or fp32"),
      ("value: 2.5", "value: -1", "how many times as long"),
      ("step: { value: 2 ms", "step: { value: 2 GB", "the host's time of a step"),
      ("value: 40", "value: 0", "the kernels of a layer"),
      ("layer:", "layers:", "unknown key \"layers\""),
      ("weights: 4.5", "weights: 0", "the bits of a weight"),
      ("source: unverified }", "source: nowhere }", "nowhere"),
      ("fp8: { cache: fp8, ", "fp8: { ", "the format of fp8 says nothing"),
      ("{ class: hbm, weights: 0.9, cache: 0.7, ", "{ class: hbm, ", "the streams say nothing"),
      ("cache: 0.7", "cache: 7", "the share of the bandwidth of the cache"),
    ])
  func refuses(_ old: String, by new: String, saying message: String) throws {
    let text = sample.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: new)
    #expect(text != sample)
    let error = #expect(throws: (any Error).self) { try engine(text) }
    #expect("\(try #require(error))".contains(message))
    #expect("\(try #require(error))".contains("e.yaml:"))
  }

  @Test("a file without times says none") func saysNone() throws {
    let text = "name: a\ntitle: A\nmemory: { utilization: { value: 1, source: s } }\nsources: { s: text }"
    #expect(try engine(text).times == nil)
  }
}
