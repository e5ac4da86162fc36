import LinearAlgebra
import Testing

/// Products small enough to be made by hand; what lies between rows must stay as it is.
@Suite(
  "Products of OpenBLAS", .enabled(if: (try? BLAS(for: "a test", threads: 1, bytes: 0)) != nil, "needs OpenBLAS"))
struct BLASTests {
  private let blas: BLAS

  init() throws { blas = try BLAS(for: "a test", threads: 1, bytes: 0) }

  private func buffer<Element: BinaryFloatingPoint>(_ numbers: [Element]) -> Buffer<Element> {
    let buffer = Buffer<Element>(uninitialized: numbers.count)
    for (index, number) in numbers.enumerated() { buffer.start[index] = number }
    return buffer
  }

  private func numbers<Element>(_ buffer: Buffer<Element>) -> [Element] { (0..<buffer.count).map { buffer.start[$0] } }

  // [1 2 3]   [ 7  8]   [ 1x7 + 2x9 + 3x11  1x8 + 2x10 + 3x12]   [ 58  64]
  // [4 5 6] . [ 9 10] = [ 4x7 + 5x9 + 6x11  4x8 + 5x10 + 6x12] = [139 154]
  //           [11 12]
  private let left: [Float] = [1, 2, 3, 4, 5, 6]

  @Test("2 x 3 times 3 x 2")
  func product() {
    let c = buffer([Float](repeating: 9, count: 4))
    blas.product(buffer(left), buffer([7, 8, 9, 10, 11, 12]), c, 2, 3, 2)
    #expect(numbers(c) == [58, 64, 139, 154])
  }

  @Test("rows that do not follow each other at once")
  func strides() {
    let a = buffer([Float]([1, 2, 3, -1, 4, 5, 6]))
    let b = buffer([Float]([7, 8, -1, -1, -1, 9, 10, -1, -1, -1, 11, 12]))
    let c = buffer([Float](repeating: 9, count: 8))
    blas.product(
      BLAS.Shape(rows: 2, inner: 3, columns: 2), BLAS.Operand(a.start, stride: 4), BLAS.Operand(b.start, stride: 5),
      into: c.start, stride: 6)
    #expect(numbers(c) == [58, 64, 9, 9, 9, 9, 139, 154])
  }

  @Test("times the transpose, in place of what was there or added to it")
  func transposed() {
    let (a, b) = (buffer(left), buffer([Float]([7, 9, 11, 8, 10, 12])))
    let c = buffer([Float](repeating: 1, count: 5))
    let shape = BLAS.Shape(rows: 2, inner: 3, columns: 2)
    let (rows, columns) = (BLAS.Operand(a.start, stride: 3), BLAS.Operand(b.start, stride: 3))
    blas.productTransposed(shape, rows, columns, into: c.start, stride: 3)
    #expect(numbers(c) == [58, 64, 1, 139, 154])
    blas.productTransposed(shape, rows, columns, adding: true, into: c.start, stride: 3)
    #expect(numbers(c) == [116, 128, 1, 278, 308])
  }

  @Test("FP64, a vector, a sum")
  func others() {
    let c = buffer([Double](repeating: 9, count: 4))
    blas.product(buffer([Double]([1, 2, 3, 4])), buffer([Double]([5, 6, 7, 8])), c, 2)
    #expect(numbers(c) == [19, 22, 43, 50])
    let y = buffer([Float](repeating: 9, count: 2))
    blas.stream(buffer(left), buffer([Float]([1, 2, 3])), y, 2, 3)
    #expect(numbers(y) == [14, 32])
    let sum = buffer([Float]([1, 2]))
    blas.sum(buffer([Float]([4, 6])), sum, 2)
    #expect(numbers(sum) == [3, 5])
  }

  @Test("numbers between 0.5 and 1.5 to measure with, and room for one at least")
  func buffers() {
    let buffer = Buffer<Float>(2018)
    #expect(buffer.count == 2018 && buffer.start[0] == 0.5 && buffer.start[1009] == 0.5)
    #expect(numbers(buffer).allSatisfy { (0.5..<1.5).contains($0) } && buffer.start[1008] > 1.49)
    #expect(Buffer<Double>(uninitialized: 0).count == 1)
  }
}
