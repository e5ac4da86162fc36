internal import CKernels
internal import LinearAlgebra
internal import Tensors

/// A tensor of a tower as rows in a mapped file, made single precision when they are needed.
struct TowerTensor: Sendable {
  private enum Storage {
    case single, half, brain
    /// In memory, rounded to BF16.
    case rounded(RoundedNumbers)
  }

  /// The tensor's name and the file that it is in.
  let name, path: String
  /// Rows (the first dimension) and the numbers in each of them.
  let rows, columns: Int
  private let tensor: StoredTensor
  private var storage: Storage

  /// A tensor that holds the numbers of `shape`; nil unless they are of a type that is read here.
  init?(_ tensor: StoredTensor, shape: [Int], path: String) {
    switch tensor.type {
    case .float32: storage = .single
    case .float16: storage = .half
    case .bfloat16: storage = .brain
    default: return nil
    }
    (name, self.path, self.tensor) = (tensor.name, path, tensor)
    rows = shape.first ?? 1
    columns = shape.dropFirst().reduce(1, *)
  }

  /// Whether the numbers can be read where they are: single precision at addresses that are multiples of four.
  var isDirect: Bool {
    guard case .single = storage else { return false }
    return isAligned(to: Float.self)
  }

  private func isAligned<Number>(to type: Number.Type) -> Bool {
    tensor.withBytes { Int(bitPattern: $0.baseAddress) % MemoryLayout<Number>.alignment == 0 }
  }

  /// The same in BF16: as it lies in the file where it does, else rounded and in memory.
  func rounded() -> TowerTensor {
    switch storage {
    case .rounded: return self
    case .brain where isAligned(to: UInt16.self): return self
    default:
      let numbers = RoundedNumbers(count: rows * columns)
      let block = max(1, (1 << 16) / max(1, columns))
      let single = Buffer<Float>(uninitialized: block * columns)
      for start in stride(from: 0, to: rows, by: block) {
        let range = start..<min(start + block, rows)
        copy(rows: range, to: single.start)
        kernels_narrow_brain(single.start, numbers.start + start * columns, range.count * columns)
      }
      tensor.leave()
      var copy = self
      copy.storage = .rounded(numbers)
      return copy
    }
  }

  /// Calls `body` with some rows of a rounded tensor, one behind the other.
  func withRoundedRows(_ rows: Range<Int>, _ body: (UnsafePointer<UInt16>) -> Void) {
    if case .rounded(let numbers) = storage { return body(numbers.start + rows.lowerBound * columns) }
    tensor.withBytes { bytes in
      if let base = bytes.baseAddress { body(base.assumingMemoryBound(to: UInt16.self) + rows.lowerBound * columns) }
    }
  }

  /// All numbers.
  func numbers() -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * columns) { buffer, initialized in
      if let start = buffer.baseAddress { copy(rows: 0..<rows, to: start) }
      initialized = rows * columns
    }
  }

  /// Writes some rows.
  func copy(rows: Range<Int>, to output: UnsafeMutablePointer<Float>) {
    let (first, count) = (rows.lowerBound * columns, rows.count * columns)
    tensor.withBytes { bytes in
      guard count > 0, let base = bytes.baseAddress else { return }
      switch storage {
      case .single: UnsafeMutableRawPointer(output).copyMemory(from: base + 4 * first, byteCount: 4 * count)
      case .half: kernels_widen_half(base + 2 * first, output, count)
      case .brain: kernels_widen_brain(base + 2 * first, output, count)
      case .rounded(let numbers): kernels_widen_brain(numbers.start + first, output, count)
      }
    }
  }

  /// Calls `body` with some rows: where they lie, or in `scratch`, which has room for them.
  func withRows(_ rows: Range<Int>, scratch: UnsafeMutablePointer<Float>, _ body: (UnsafePointer<Float>) -> Void) {
    guard isDirect else {
      copy(rows: rows, to: scratch)
      return body(scratch)
    }
    tensor.withBytes { bytes in
      if let base = bytes.baseAddress {
        body(base.assumingMemoryBound(to: Float.self) + rows.lowerBound * columns)
      }
    }
  }

  /// The first number that is NaN or infinite, and its index.
  func firstNonFinite() -> (index: Int, number: Float)? {
    let block = max(1, (1 << 16) / max(1, columns))
    var numbers = [Float](repeating: 0, count: block * columns)
    for start in stride(from: 0, to: rows, by: block) {
      let range = start..<min(start + block, rows)
      numbers.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { copy(rows: range, to: base) } }
      if let index = numbers[..<(range.count * columns)].firstIndex(where: { !$0.isFinite }) {
        return (start * columns + index, numbers[index])
      }
    }
    return nil
  }
}

/// Numbers rounded to BF16, in memory.
private final class RoundedNumbers: @unchecked Sendable {
  // Nothing changes once it is filled.
  let start: UnsafeMutablePointer<UInt16>

  init(count: Int) { start = .allocate(capacity: max(1, count)) }

  deinit { start.deallocate() }
}
