import CKernels
import Foundation
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

  /// Calls `body` with every kind of kernel that this processor can run.
  private func withEveryKind(_ body: () throws -> Void) rethrows {
    let best = kernels_best_level()
    defer { kernels_use_level(best) }
    for level in 0...best {
      kernels_use_level(level)
      try body()
    }
  }

  /// `base` (or zeros) and the rows `chosen`, times their weights 1, 2, 3, ..., by the kernel and by the definition.
  private func expectSum(of chosen: [Int], in matrix: Matrix, base: [Float]?, columns: Range<Int>) {
    let weights = chosen.indices.map { Float($0 + 1) }
    var sum = [Float](repeating: -1, count: matrix.columns)
    chosen.withUnsafeBufferPointer { chosen in
      matrix.withRows { rows in
        if let base {
          rows.add(chosen, weights: weights, to: base, columns: columns, into: &sum)
        } else {
          rows.add(chosen, weights: weights, to: nil, columns: columns, into: &sum)
        }
      }
    }
    for column in 0..<matrix.columns {
      let total = chosen.indices.reduce(base?[column] ?? 0) {
        $0 + weights[$1] * matrix.elements[chosen[$1] * matrix.columns + column]
      }
      #expect(sum[column] == (columns.contains(column) ? total : -1), "column \(column) of \(columns)")
    }
  }

  /// On rows that are no multiple of any vector.
  @Test(arguments: [1, 4, 7, 8, 15, 16, 17, 31, 64, 100, 300])
  func everyKindOfProcessorGivesTheSame(columns: Int) throws {
    let matrix = try matrix(rows: 9, columns: columns)
    withEveryKind {
      for (chosen, others) in [([0, 1, 2, 3], [4, 5]), ([8, 3, 3, 1, 0], [7, 2, 6, 5, 4, 3, 2, 1])] {
        var products = [Float](repeating: .nan, count: chosen.count * others.count)
        matrix.multiply(chosen, with: others, into: &products)
        #expect(products == chosen.flatMap { row in others.map { product(matrix.row(row), matrix.row($0)) } })
      }
      #expect(matrix.products(with: [Float](matrix.row(2)))[5] == product(matrix.row(5), matrix.row(2)))
      expectSum(of: [0, 1, 2, 3, 4], in: matrix, base: [Float](repeating: 1, count: columns), columns: 0..<columns)
      expectSum(of: [7, 0, 7], in: matrix, base: nil, columns: columns / 3..<columns)
    }
  }

  /// More chosen rows than are multiplied at a time.
  @Test func everyKindMultipliesManyRows() throws {
    let matrix = try matrix(rows: 211, columns: 5)
    let rows = [Int](0..<211)
    let expected = rows.flatMap { row in rows.map { product(matrix.row(row), matrix.row($0)) } }
    withEveryKind {
      let products = matrix.gram(from: 0)
      #expect(products == expected)
    }
  }

  /// Against sorting: ties go to the lower index, 0 and -0 are equal, infinities are numbers.
  @Test(arguments: [1, 2, 15, 16, 17, 33, 100, 576])
  func everyKindFindsTheLargest(count: Int) throws {
    var random = SystemRandomNumberGenerator()
    let rows: [[Float]] = [
      (0..<count).map { _ in Float.random(in: -1...1, using: &random) },
      (0..<count).map { Float($0 * 7 % 5 - 2) },
      (0..<count).map { [-0.0, 0, -1, 0][$0 % 4] },
      (0..<count).map { [-Float.infinity, .infinity, 0x1p-140, -.greatestFiniteMagnitude][$0 % 4] },
      [Float](repeating: 3, count: count),
    ]
    for numbers in rows {
      let sorted = numbers.indices.sorted {
        numbers[$0] != numbers[$1] ? numbers[$0] > numbers[$1] : $0 < $1
      }
      withEveryKind {
        for wanted in Set([0, 1, count / 3, count - 1, count]) {
          #expect(numbers.indicesOfLargest(wanted) == [Int](sorted.prefix(wanted)), "\(wanted) of \(numbers)")
        }
      }
    }
  }

  /// Twenty numbers of which the scales turn the order round.
  @Test func everyKindScalesBeforeItCompares() {
    let numbers = (1...20).map { Float($0) }
    let scales = (1...20).map { 1 / Float($0 * $0) }
    withEveryKind {
      var (keys, found) = ([Int32](repeating: 0, count: 20), [Int](repeating: -1, count: 3))
      RowKernels.largest(3, of: numbers, times: scales, count: 20, keys: &keys, into: &found)
      #expect(found == [0, 1, 2])
    }
  }

  /// Every part of the work is done once, however it is shared.
  @Test(arguments: [0, 1, 2, 3, 64, 65, 1000], [0, 1 << 20, 1 << 40])
  func sharedWorkIsDoneOnce(count: Int, work: Int) {
    var done = [Int](repeating: 0, count: max(1, count))
    done.withUnsafeMutableBufferPointer { done in
      nonisolated(unsafe) let done = done
      Threads.share(count, work: work) { part in for index in part { done[index] += 1 } }
    }
    #expect(done.reduce(0, +) == count)
    #expect(done.allSatisfy { $0 <= 1 })
  }

  /// A kind that one thread chooses holds for the threads that share its work, and for no other.
  @Test func theKindIsChosenForOneThread() {
    let best = kernels_best_level()
    kernels_use_level(0)
    defer { kernels_use_level(best) }
    var sharing = [Int32](repeating: -1, count: 40)
    kernels_share(40, 40, &sharing) { context, part, _ in
      // Long enough that other threads take parts, too.
      usleep(1000)
      context?.assumingMemoryBound(to: Int32.self)[Int(part)] = kernels_level()
    }
    #expect(sharing == [Int32](repeating: 0, count: 40))
    nonisolated(unsafe) var elsewhere: Int32 = -1
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      elsewhere = kernels_level()
      done.signal()
    }
    done.wait()
    #expect(elsewhere == best)
    #expect(kernels_level() == 0)
    kernels_use_level(best + 1)
    #expect(kernels_level() == best)
  }

  /// Calls from several threads at a time, some of them from within a part, share the same helpers.
  @Test func everyCallIsDoneOnce() {
    let wrong = UnsafeMutablePointer<Int32>.allocate(capacity: 5)
    defer { wrong.deallocate() }
    wrong.initialize(repeating: 0, count: 5)
    DispatchQueue.concurrentPerform(iterations: 5) { [wrong = UInt(bitPattern: wrong)] caller in
      for _ in 0..<200 {
        var done = [Int32](repeating: 0, count: 9)
        kernels_share(9, 9, &done) { context, part, _ in
          var inner = [Int32](repeating: 0, count: 3)
          kernels_share(3, 3, &inner) { context, part, _ in
            context?.assumingMemoryBound(to: Int32.self)[part] += Int32(part + 1)
          }
          if inner == [1, 2, 3] { context?.assumingMemoryBound(to: Int32.self)[part] += Int32(part + 1) }
        }
        if done != (1...9).map({ Int32($0) }) { UnsafeMutablePointer<Int32>(bitPattern: wrong)?[caller] += 1 }
      }
    }
    #expect((0..<5).allSatisfy { wrong[$0] == 0 })
  }

  /// More parts than threads are ever started.
  @Test func partsBeyondTheThreadsAreDoneToo() {
    var done = [Int32](repeating: 0, count: 200)
    kernels_share(200, 200, &done) { context, part, _ in
      context?.assumingMemoryBound(to: Int32.self)[part] += Int32(part + 1)
    }
    #expect(done == (1...200).map { Int32($0) })
    #expect(kernels_processors() >= 1)
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
    matrix.multiply(rows, with: [Int](1...others), into: &products)
    #expect(products == rows.flatMap { row in (1...others).map { product(matrix.row(row), matrix.row($0)) } })
  }

  @Test(arguments: 0...9)
  func weightedSumsOfAnyNumberOfRows(count: Int) throws {
    let matrix = try matrix(rows: 10, columns: 7)
    expectSum(of: [Int](0..<count), in: matrix, base: [Float](repeating: 1, count: 7), columns: 0..<7)
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
    #expect(numbers.indicesOfLargest(4) == [5, 7, 4, 8])
    #expect(numbers.indicesOfLargest(99).count == 10)
  }
}
