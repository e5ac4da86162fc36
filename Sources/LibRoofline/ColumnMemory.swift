internal import CRoofline
internal import RooflineKit

/// Numbers one after the other whose place in memory does not change once they are all there. Whoever has the last copy
/// frees it.
struct GrowingMemory<Element: BitwiseCopyable> {
  private(set) var start: UnsafeMutablePointer<Element>?
  private(set) var count = 0
  private var capacity = 0

  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    start?.advanced(by: count).initialize(to: element)
    count += 1
  }

  private mutating func grow() {
    capacity = max(64, 2 * capacity)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    if let start {
      larger.moveInitialize(from: start, count: count)
      start.deallocate()
    }
    start = larger
  }

  /// Others of the same number.
  func map<Other: BitwiseCopyable>(_ body: (Element) -> Other) -> GrowingMemory<Other> {
    var others = GrowingMemory<Other>()
    for index in 0..<count { if let start { others.append(body(start[index])) } }
    return others
  }
}

/// The values of a column where the caller can read them.
final class ColumnMemory: @unchecked Sendable {
  // Nothing changes after `init`.
  private let key: UnsafeMutablePointer<CChar>?
  private let kind: roofline_kind
  private let nulls: Int
  private let numbers: GrowingMemory<Double>
  private let counts: GrowingMemory<Int64>
  private let codes: GrowingMemory<Int32>
  private let texts: GrowingMemory<UnsafePointer<CChar>?>

  init(
    _ key: String, _ kind: roofline_kind, nulls: Int, numbers: GrowingMemory<Double>, counts: GrowingMemory<Int64>,
    codes: GrowingMemory<Int32>, texts: [String]
  ) {
    (self.key, self.kind, self.nulls) = (lasting(key), kind, nulls)
    (self.numbers, self.counts, self.codes) = (numbers, counts, codes)
    var pointers = GrowingMemory<UnsafePointer<CChar>?>()
    for text in texts { pointers.append(UnsafePointer(lasting(text))) }
    self.texts = pointers
  }

  deinit {
    freeText(key)
    numbers.start?.deallocate()
    counts.start?.deallocate()
    codes.start?.deallocate()
    for index in 0..<texts.count { freeText(UnsafeMutablePointer(mutating: texts.start?[index])) }
    texts.start?.deallocate()
  }

  /// The column as C has it.
  var view: roofline_column {
    roofline_column(
      key: key, kind: Int32(kind.rawValue), rows: Int64(max(numbers.count, codes.count)), nulls: Int64(nulls),
      numbers: numbers.start, counts: counts.start, codes: codes.start, texts: texts.start,
      text_count: Int64(texts.count))
  }
}
