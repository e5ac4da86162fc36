import CKernels
import Foundation
import Testing

/// Every kind of kernel that this processor can run, on rows that are no multiple of any vector, against Foundation in
/// double precision.
@Suite("What stands between a transformer's products")
struct KernelTests {
  private static let counts = [1, 3, 4, 7, 8, 15, 16, 17, 33, 577]

  private func atEveryLevel(_ body: () throws -> Void) rethrows {
    let best = kernels_best_level()
    defer { kernels_use_level(best) }
    for level in 0...best {
      kernels_use_level(level)
      try body()
    }
  }

  /// Numbers from -12 to 12, the same ones every time.
  private func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 7919 % 2400) / 100 - 12 } }

  /// 1e-6 and 2e-7 of the number: erf's formula, and rounding.
  @Test(arguments: counts) func activations(count: Int) {
    let bias = numbers(count).map { $0 / 10 }
    let input = numbers(count)
    let functions: [(kernels_activation, (Double) -> Double)] = [
      (kernels_silu, { $0 / (1 + exp(-$0)) }), (kernels_quick_gelu, { $0 / (1 + exp(-1.702 * $0)) }),
      (kernels_gelu, { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }),
      (kernels_gelu_tanh, { $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }),
      (kernels_relu, { max($0, 0) }),
    ]
    atEveryLevel {
      for (kind, function) in functions {
        var row = input
        kernels_activate(kind, &row, bias, count)
        for index in 0..<count {
          let expected = function(Double(input[index] + bias[index]))
          #expect(abs(Double(row[index]) - expected) < 2e-6 + 1e-6 * abs(expected))
        }
      }
    }
  }

  @Test(arguments: counts) func softmax(count: Int) {
    let addend = numbers(count).map { $0 / 5 }
    atEveryLevel {
      for sizes in [nil, addend] {
        var row = numbers(count).map { $0 * 10 }
        let logits = row.indices.map { 0.25 * Double(row[$0]) + Double(sizes?[$0] ?? 0) }
        let largest = logits.max() ?? 0
        let exponentials = logits.map { exp($0 - largest) }
        let sum = exponentials.reduce(0, +)
        if let sizes { kernels_softmax(&row, 0.25, sizes, count) } else { kernels_softmax(&row, 0.25, nil, count) }
        for index in 0..<count { #expect(abs(Double(row[index]) - exponentials[index] / sum) < 1e-6) }
      }
    }
  }

  @Test func softmaxPassesNaNOn() {
    atEveryLevel {
      var row = numbers(40)
      row[11] = .nan
      kernels_softmax(&row, 1, nil, 40)
      #expect(row.contains { $0.isNaN })
    }
  }

  @Test(arguments: counts) func norm(count: Int) {
    let (input, scale, shift) = (numbers(count).map { $0 + 3 }, numbers(count).map { $0 / 9 }, numbers(count))
    let mean = input.reduce(0.0) { $0 + Double($1) } / Double(count)
    let variance = input.reduce(0.0) { $0 + pow(Double($1) - mean, 2) } / Double(count)
    atEveryLevel {
      var output = [Float](repeating: 0, count: count)
      kernels_normalize(input, scale, shift, 1e-5, &output, count)
      for index in 0..<count {
        let normal = (Double(input[index]) - mean) / (variance + 1e-5).squareRoot()
        #expect(abs(Double(output[index]) - (normal * Double(scale[index]) + Double(shift[index]))) < 2e-5)
      }
    }
  }

  /// Halfway between two numbers of 8 bits goes to the even one, a little more up; NaN and infinity stay what they are.
  @Test(arguments: [1, 5, 16, 33]) func narrows(count: Int) {
    let cases: [(UInt32, UInt16)] = [
      (0x3F80_8000, 0x3F80), (0x3F81_8000, 0x3F82), (0x3F80_8001, 0x3F81), (0xBF80_7FFF, 0xBF80), (0x7F80_0000, 0x7F80),
      (0x7F80_0001, 0x7FC0), (0xFFFF_FFFF, 0xFFFF), (0x7F7F_FFFF, 0x7F80), (0x0000_0001, 0x0000), (0x8000_0000, 0x8000),
    ]
    let numbers = (0..<count).map { Float(bitPattern: cases[$0 % cases.count].0) }
    let expected = (0..<count).map { cases[$0 % cases.count].1 }
    atEveryLevel {
      var found = [UInt16](repeating: 7, count: count + 1)
      kernels_narrow_brain(numbers, &found, count)
      #expect(found == expected + [7])
    }
  }

  /// All 65,536 patterns of 16 bits, from an odd address; `Float16` has none on some platforms, so its definition.
  @Test func halves() {
    var bytes: [UInt8] = [0]
    for pattern in 0...UInt16.max { bytes += [UInt8(pattern & 0xFF), UInt8(pattern >> 8)] }
    atEveryLevel {
      var (halves, brains) = ([Float](repeating: 0, count: 65_536), [Float](repeating: 0, count: 65_536))
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        kernels_widen_half(start + 1, &halves, 65_536)
        kernels_widen_brain(start + 1, &brains, 65_535)
      }
      var wrong = 0
      for pattern in 0...UInt16.max {
        let (exponent, fraction) = (Int(pattern >> 10 & 31), Double(pattern & 1023))
        let magnitude =
          exponent == 31
          ? (fraction == 0 ? Double.infinity : .nan)
          : exponent == 0 ? fraction * pow(2, -24) : (1 + fraction / 1024) * pow(2, Double(exponent - 15))
        let expected = Float(pattern >> 15 == 1 ? -magnitude : magnitude)
        if halves[Int(pattern)] != expected && !(halves[Int(pattern)].isNaN && expected.isNaN) { wrong += 1 }
        let brain = Float(bitPattern: UInt32(pattern) << 16)
        if pattern < 65_535, brains[Int(pattern)].bitPattern != brain.bitPattern { wrong += 1 }
      }
      #expect(wrong == 0)
    }
  }
}
