/// Numbers in rows and columns, as many dimensions as `shape` has, the last one contiguous.
package struct Tensor<Element: Sendable & Equatable>: Sendable, Equatable {
  /// The length of each dimension; empty for a single number.
  package let shape: [Int]
  /// The numbers in row-major order.
  package let elements: [Element]

  /// A tensor of `elements`, as many as the product of `shape`; nil if there are more or fewer.
  package init?(shape: [Int], elements: [Element]) {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      count = product
    }
    guard count == elements.count else { return nil }
    self.shape = shape
    self.elements = elements
  }

  /// A tensor whose element count the caller has checked.
  init(uncheckedShape shape: [Int], elements: [Element]) {
    self.shape = shape
    self.elements = elements
  }
}
