import CKernels
import Testing

@testable import Reduction

struct RowKernelsTests {
  /// Small whole numbers, whose products and sums are exact.
  private func matrix(rows: Int, columns: Int) throws -> Matrix {
    try #require(Matrix(columns: columns, elements: (0..<rows * columns).map { Float($0 * 7 % 11 - 5) }))
  }

  private func product(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Every kind of kernel that this processor can run, on rows that are no multiple of any vector.
  @Test(arguments: [1, 4, 7, 8, 15, 16, 17, 31, 64, 100])
  func everyKindOfProcessorGivesTheSame(columns: Int) throws {
    let matrix = try matrix(rows: 6, columns: columns)
    let best = kernels_best_level()
    defer { kernels_use_level(best) }
    for level in 0...best {
      kernels_use_level(level)
      var products = [Float](repeating: .nan, count: 4 * 2)
      matrix.multiply([0, 1, 2, 3], with: 4..<6, into: &products)
      #expect(products == (0..<4).flatMap { row in (4..<6).map { product(matrix.row(row), matrix.row($0)) } })
      #expect(matrix.products(with: [Float](matrix.row(2)))[5] == product(matrix.row(5), matrix.row(2)))
      var sum = [Float](repeating: 1, count: columns)
      matrix.add([0, 1, 2, 3, 4], weights: [1, 2, 3, 4, 5], to: &sum)
      for column in 0..<columns {
        let expected = (0..<5).reduce(Float(1)) { $0 + Float($1 + 1) * matrix.row($1).map { $0 }[column] }
        #expect(sum[column] == expected)
      }
    }
  }

  @Test(arguments: [1, 3, 4, 7, 15, 16, 17, 33, 64])
  func productsOfAnyWidth(columns: Int) throws {
    let matrix = try matrix(rows: 6, columns: columns)
    let expected = (0..<6).map { product(matrix.row($0), matrix.row(2)) }
    #expect(matrix.products(with: [Float](matrix.row(2))) == expected)
    #expect(matrix.squaredNorms()[2] == expected[2])
  }

  /// Neither a multiple of four chosen rows nor of two others, in more than one tile.
  @Test(arguments: [(1, 1), (3, 2), (4, 33), (5, 34), (9, 67)])
  func productsOfRowsWithRows(chosen: Int, others: Int) throws {
    let matrix = try matrix(rows: others + 1, columns: 9)
    let rows = (0..<chosen).map { $0 * 5 % (others + 1) }
    var products = [Float](repeating: .nan, count: chosen * others)
    matrix.multiply(rows, with: 1..<others + 1, into: &products)
    #expect(products == rows.flatMap { row in (1...others).map { product(matrix.row(row), matrix.row($0)) } })
  }

  @Test(arguments: 0...9)
  func weightedSumsOfAnyNumberOfRows(count: Int) throws {
    let matrix = try matrix(rows: 10, columns: 7)
    let weights = (0..<count).map { Float($0 + 1) }
    var sum = [Float](repeating: 1, count: 7)
    matrix.add([Int](0..<count), weights: weights, to: &sum)
    for column in 0..<7 {
      #expect(sum[column] == 1 + (0..<count).reduce(0) { $0 + weights[$1] * matrix.row($1).map { $0 }[column] })
    }
  }

  @Test func findsWhatIsNotFinite() {
    for count in [1, 7, 8, 9, 16, 19] {
      let finite = [Float](repeating: .greatestFiniteMagnitude, count: count)
      #expect(finite.firstNonFinite == nil)
      for index in 0..<count {
        for value in [Float.nan, .infinity, -.infinity] {
          var numbers = finite
          numbers[index] = value
          #expect(numbers.firstNonFinite == index)
        }
      }
    }
  }

  @Test func theLargestAndTheFirstOfEquals() {
    let numbers: [Float] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
    var largest = Largest(capacity: 4)
    for (index, number) in numbers.enumerated() { largest.offer(number, index: index) }
    #expect(largest.indices == [5, 7, 4, 8])
    #expect(numbers.indicesOfLargest(4) == [5, 7, 4, 8])
    #expect(numbers.indicesOfLargest(99).count == 10)
  }
}
