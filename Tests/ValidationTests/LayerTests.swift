import Documents
import Foundation
import Quantities
import Testing
import Validation

/// Sums over the layers of a made-up model of width 8 with two heads of 4 and 20 inner channels behind a gate.
@Suite("Sums over whole layers")
struct LayerTests {
  /// A layer on one device and one of two devices' shares, in microseconds; heads and channels are halved.
  private static let rows = """
    matmul,64,8,24,10
    matmul,64,8,8,3
    matmul,64,8,8,5
    matmul,64,8,40,16
    matmul,64,20,8,9
    matmul,64,8,12,6
    matmul,64,4,8,3
    matmul,64,8,20,9
    matmul,64,10,8,5
    norm,64,0,8,2
    add,64,0,8,1
    rope,64,0,16,3
    rope,64,0,8,2
    gated_activation,64,0,20,5
    gated_activation,64,0,10,4
    """

  private func validation(_ rows: String, source: String = "x:made/up") throws -> Validation {
    let path = NSTemporaryDirectory() + "layers-\(UUID().uuidString).csv"
    let lines = rows.split(separator: "\n").map { row -> String in
      let fields = row.split(separator: ",")
      return "a100,\(fields[0]),fp16,\(fields[1]),\(fields[2]),\(fields[3]),\(fields[4])e-6,\(source)"
    }
    let text = "hardware,operator,precision,rows,inner,columns,seconds,source\n" + lines.joined(separator: "\n")
    try Files.write(Array(text.utf8), to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Validation(measurements: path)
  }

  private func microseconds(_ layers: Validation) -> [Double] {
    layers.measurements.map { ($0.measured.value * 1e9).rounded() / 1e3 }
  }

  private func without(_ prefix: String, _ rows: String = rows) -> String {
    rows.split(separator: "\n").filter { !$0.hasPrefix(prefix) }.joined(separator: "\n")
  }

  @Test func everyKernelCountsAsOftenAsALayerHasIt() throws {
    let layers = try validation(Self.rows).layers()
    // 10 + (3 + 5) / 2 + 16 + 9 = 39 of products, two norms of 2, two sums of 1, rotation 3, activation 5: 53.
    // The share: 6 + 3 + 9 + 5 = 23, norms and sums as before, rotation 2, activation 4: 35.
    #expect(microseconds(layers) == [53, 35])
    #expect(layers.measurements.map(\.kind) == ["layer", "layer"])
    #expect(layers.measurements.map(\.devices) == [1, 2])
    #expect(layers.measurements.map(\.shape) == ["made/up, 64 tokens", "made/up, 2 devices, 64 tokens"])
    #expect(layers.groups.map(\.kind) == ["layer"] && layers.groups[0].expected.count == 2)
    #expect(microseconds(try validation(Self.rows).layers(.leftOut)) == [39, 23])
  }

  @Test func predictedTimesAreSummedUpAlike() throws {
    let validation = try validation(Self.rows)
    let layer = try #require(validation.layers().measurements.first)
    // Lines 2 to 6 without the repeated product, the norm and the sum twice, rotation and activation.
    let counts = [2: 1.0, 3: 1, 5: 1, 6: 1, 11: 2, 12: 2, 13: 1, 15: 1]
    let ideal = validation.measurements.reduce(0) { $0 + $1.ideal.value * (counts[$1.line] ?? 0) }
    let expected = validation.measurements.reduce(0) { $0 + $1.expected.value * (counts[$1.line] ?? 0) }
    #expect(abs(layer.ideal.value / ideal - 1) < 1e-12)
    #expect(abs(layer.expected.value / expected - 1) < 1e-12)
  }

  @Test func rowsBetweenMeasuredOnesAreTakenInProportion() throws {
    // Products at 64, the norm at 48 and 80 rows: 1 and 5 microseconds, half-way 3, twice in a layer: 2 more than above.
    let between = try validation(without("norm") + "\nnorm,48,0,8,1\nnorm,80,0,8,5")
    #expect(microseconds(between.layers()) == [55, 37])
    #expect(between.layers(.measured).measurements.isEmpty)
    #expect(microseconds(try validation(Self.rows).layers(.measured)) == [53, 35])
    // From 63 to 127 rows is more than twice.
    #expect(try validation(without("norm") + "\nnorm,63,0,8,1\nnorm,127,0,8,5").layers().measurements.isEmpty)
    #expect(try validation(without("norm") + "\nnorm,80,0,8,5").layers().measurements.isEmpty)
  }

  @Test(
    "what is not complete is no layer",
    arguments: [
      "matmul,64,8,24", "matmul,64,8,8", "matmul,64,8,40", "matmul,64,20,8", "norm", "add", "rope,64,0,16",
      "gated_activation,64,0,20",
    ])
  func incomplete(missing: String) throws {
    #expect(try !microseconds(validation(without(missing)).layers()).contains(53))
  }

  @Test func sizesThatDoNotTellALayerGiveNone() throws {
    // Norms of two widths; two kinds of activations; rotations and activations divided otherwise.
    for row in ["norm,64,0,4,2", "activation,64,0,20,2", "rope,64,0,4,1"] {
      #expect(try validation(Self.rows + "\n" + row).layers().measurements.isEmpty, "\(row)")
    }
    // 12 queries and 4 keys are rotated together as well: 2 x 16 - 12 = 20 columns.
    #expect(try validation(Self.rows + "\nmatmul,64,12,8,4").layers().measurements.isEmpty)
  }

  @Test func onlyTheAskedNumbersOfTokensCount() throws {
    #expect(try validation(Self.rows).layers(tokens: 65...4096).measurements.isEmpty)
    #expect(try validation(Self.rows.replacing(",64,", with: ",63,")).layers().measurements.isEmpty)
    #expect(try microseconds(validation(Self.rows.replacing(",64,", with: ",63,")).layers(tokens: 1...63)) == [53, 35])
  }

  @Test func fewerKeysThanQueries() throws {
    // Four heads of queries of 4, one of keys: 16 + 4 rotated, 16 + 2 x 4 out of the first product; no gate.
    let rows = """
      matmul,64,16,24,7
      matmul,64,16,16,5
      matmul,64,16,32,8
      matmul,64,32,16,9
      norm,64,0,16,2
      add,64,0,16,1
      rope,64,0,20,3
      activation,64,0,32,4
      """
    // 7 + 5 + 8 + 9 + 2 x 2 + 2 x 1 + 3 + 4 = 42; where vidur times phi-2, norm and sums are one row each: 39.
    #expect(microseconds(try validation(rows).layers()) == [42])
    #expect(microseconds(try validation(rows, source: "vidur@7d47513:microsoft/phi-2").layers()) == [39])
  }

  @Test func aProductOfTwoPartsCountsTwice() throws {
    // Without a gate and as wide inside as outside the last three products are one shape.
    let rows = """
      matmul,64,8,24,7
      matmul,64,8,8,5
      norm,64,0,8,2
      add,64,0,8,1
      rope,64,0,16,3
      activation,64,0,8,4
      """
    // 7 + 3 x 5 + 2 x 2 + 2 x 1 + 3 + 4 = 35.
    #expect(microseconds(try validation(rows).layers()) == [35])
  }
}
