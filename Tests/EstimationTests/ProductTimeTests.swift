import Catalog
import Estimation
import Foundation
import Hardware
import Operators
import Quantities
import Testing

/// The formula of products with powers as they are written on paper, and the constants of the file that
/// Tools/fit_achieved.py reads: `Rates+Products.swift` writes the powers out.
@Suite("Times of products without powers")
struct ProductTimeTests {
  /// A constant of the file, or several.
  private struct Constant: Decodable {
    var value: [Double]
    var meaning, source: String

    enum Key: CodingKey { case value, meaning, source }

    init(from decoder: any Decoder) throws {
      let entry = try decoder.container(keyedBy: Key.self)
      let one = try? entry.decode(Double.self, forKey: .value)
      value = try one.map { [$0] } ?? entry.decode([Double].self, forKey: .value)
      meaning = try entry.decode(String.self, forKey: .meaning)
      source = try entry.decode(String.self, forKey: .source)
    }
  }

  private static let constants: [String: Constant] = {
    let file = URL(filePath: #filePath).appending(path: "../../../Sources/Estimation/constants/kernels.json")
    guard let data = try? Data(contentsOf: file.standardized) else { return [:] }
    return (try? JSONDecoder().decode([String: Constant].self, from: data)) ?? [:]
  }()

  private static func numbers(_ key: String) throws -> [Double] { try #require(constants[key], "\(key)").value }

  private static func number(_ key: String) throws -> Double { try numbers(key)[0] }

  @Test("the powers are those that are written out")
  func powers() throws {
    #expect(try Self.number("overlap_power") == 2.5)
    #expect(try Self.number("throttle_power") == 8)
    #expect(try Self.number("choice_power") == 8)
  }

  @Test("every constant says what it means and where it is from")
  func sources() {
    #expect(Self.constants.count > 20)
    for (key, constant) in Self.constants {
      #expect(!constant.meaning.isEmpty && !constant.source.isEmpty && !constant.value.isEmpty, "\(key)")
    }
  }

  /// The longer one, or a little more where both take equally long.
  private func joined(_ a: Double, _ b: Double, _ power: Double) -> Double {
    pow(pow(a, power) + pow(b, power), 1 / power)
  }

  /// The seconds of a product [rows x inner].[inner x columns] that moves so many bytes.
  private func seconds(
    rows: Double, inner: Double, columns: Double, bytes: Double, _ format: NumberFormat, on device: Accelerator
  ) throws -> Double {
    let units = try #require(device.achieved.multiprocessors)
    let peak = device.matrixPeak(format)
    let rate = device.achieved.products(in: peak.format)
    let perSecond = peak.throughput.value * rate.peak
    let bandwidth = device.bandwidth.value.value * rate.bandwidth
    let overlap = try Self.number("overlap_power")
    var tiles = try zip(Self.numbers("tile_rows"), Self.numbers("tile_columns")).map { ($0, $1, edge: $0 + $1) }
    if !peak.isMatrix {
      tiles += try zip(Self.numbers("vector_tile_rows"), Self.numbers("vector_tile_columns")).map {
        ($0, $1, edge: $0 + $1)
      }
    }
    tiles += try zip(Self.numbers("narrow_tile_rows"), Self.numbers("narrow_tile_columns")).filter { rows <= $0.0 }
      .map { ($0, $1, edge: $0) }
    var times: [Double] = []
    for (high, wide, edge) in tiles {
      let count = (rows / high).rounded(.up) * (columns / wide).rounded(.up)
      let perStep = (2 * high * wide + 2 * (try Self.number("edge")) * edge) * units / perSecond
      let splits = try Self.numbers("splits").map { split in
        let turns = count * split / units
        let waves = joined(turns.rounded(.up), turns / rate.sustained, try Self.number("throttle_power"))
        let steps = (inner / split).rounded(.up) + (try Self.number("fill"))
        let partial = split > 1 ? try Self.number("partial_traffic") * split * rows * columns : 0
        let second = split > 1 ? try Self.number("second_kernel_seconds") : 0
        return joined(waves * steps * perStep, (bytes + partial) / bandwidth, overlap) + second
      }
      times.append(try #require(splits.min()))
    }
    if rows == 1 {
      let vector = device.vectorPeak(.fp32).throughput.value * rate.peak
      times.append(joined(2 * inner * columns / vector, bytes / bandwidth, overlap))
    }
    let choice = try Self.number("choice_power")
    let fastest = try #require(times.min())
    let weights = times.map { pow(fastest / $0, choice) }
    return zip(weights, times).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +) + rate.overhead.value
  }

  @Test(
    "are those with powers to 1e-7",
    arguments: ["a100-80gb", "h100-sxm", "a40", "v100", "rtx-4090", "l4", "a10", "t4"],
    [Precision.fp16, .fp32, .fp8, .int4])
  func agree(name: String, precision: Precision) throws {
    let device = try Catalog.standard.hardware(name)
    var shapes: [(Double, Double, Double)] = []
    for rows in [1.0, 2, 7, 16, 17, 32, 33, 64, 81, 128, 300, 616, 1000, 2048, 4097, 16384] {
      for (inner, columns) in [
        (4096.0, 4096.0), (4096, 12288), (4096, 22016), (11008, 4096), (512, 300), (65536, 32), (80, 7),
        (7168, 129_280),
        (1536, 24576),
      ] { shapes.append((rows, inner, columns)) }
    }
    var random = Lehmer()
    for _ in 0..<20 {
      func size(_ most: Double) -> Double { exp(Double.random(in: 0...log(most), using: &random)).rounded() }
      shapes.append((size(1e5), size(1e5), size(1e5)))
    }
    #expect(shapes.count > 150)
    for (rows, inner, columns) in shapes {
      let product = Operator.matmul("p", rows: rows, inner: inner, columns: columns)
      let bytes =
        (inner * columns * precision.weightBits + rows * inner * precision.productInputBits
          + rows * columns * precision.activationBits) / 8
      let paper = try seconds(
        rows: rows, inner: inner, columns: columns, bytes: bytes, precision.productFormat, on: device)
      let ours = OperatorEstimate(product, at: precision, on: device).kernel.value
      #expect(abs(ours / paper - 1) < 1e-7, "\(rows) x \(inner) x \(columns)")
    }
  }
}
