import Hardware
import Quantities
import Testing

@Suite("Reading hardware files")
struct AcceleratorFileTests {
  @Test("every field of the file is where it belongs")
  func everyField() throws {
    let device = try accelerator(sampleFile)
    #expect(device.name == "sample")
    #expect(device.title == "Sample Device")
    #expect(device.aliases == ["sample-alias"])
    #expect(device.vendor == "Nobody")
    #expect(device.kind == .gpu)
    #expect(device.matrixPeaks.mapValues(\.value) == [.fp16: Throughput(100e12), .int8: Throughput(200e12)])
    #expect(device.vectorPeaks.mapValues(\.value) == [.fp32: Throughput(10e12)])
    #expect(device.bandwidth.value == Bandwidth(500e9))
    #expect(device.capacity?.value == Bytes(16e9))
    #expect(device.lastLevelCache?.value == Bytes(6 * 1_048_576))
    #expect(device.interconnect?.value == Bandwidth(32e9))
    #expect(device.power?.value == Power(250))
    #expect(device.sources.map(\.key) == ["sheet", "paper"])
    #expect(device.notes == ["a note"])
  }

  @Test("a figure knows its sources and its note; \"unverified\" is none")
  func sources() throws {
    let device = try accelerator(sampleFile)
    #expect(device.matrixPeaks[.int8]?.sources.map(\.text) == ["the datasheet", "a paper"])
    #expect(device.matrixPeaks[.int8]?.note == "dense")
    #expect(device.matrixPeaks[.fp16]?.note == nil)
    #expect(device.bandwidth.isVerified)
    #expect(device.capacity?.isVerified == false)
  }

  @Test("what a device may lack")
  func optionalFields() throws {
    let device = try accelerator(
      """
      name: plain
      title: Plain
      vendor: Nobody
      kind: cpu
      vector: { fp32: { value: 2 TFLOP/s, source: unverified } }
      memory: { bandwidth: { value: 100 GB/s, source: unverified } }
      sources: {}
      """)
    #expect(device.matrixPeaks.isEmpty)
    #expect(device.capacity == nil)
    #expect(device.lastLevelCache == nil)
    #expect(device.interconnect == nil)
    #expect(device.power == nil)
    #expect(device.aliases.isEmpty)
    #expect(device.notes.isEmpty)
  }
}
