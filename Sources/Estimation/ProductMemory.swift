internal import Operators

/// The expected times of products that were computed before, by their sizes: passes that follow each other have most of
/// them in common.
///
/// Slots are found by a hash and overwritten by whatever comes next, so that memory is bounded and nothing is searched.
struct ProductMemory: Sendable {
  private struct Slot: Sendable {
    var rows = 0.0, inner = 0.0, columns = 0.0, bytes = 0.0
    var arithmetic = Arithmetic.unquantized
    var seconds = 0.0
  }

  private var slots: [Slot]

  /// A memory of so many slots, a power of two, or 0 to remember nothing.
  init(slots: Int = 512) { self.slots = [Slot](repeating: Slot(), count: slots) }

  /// The time of a product of these sizes, computed if it is not remembered.
  mutating func seconds(
    rows: Double, inner: Double, columns: Double, bytes: Double, _ arithmetic: Arithmetic, or compute: () -> Double
  ) -> Double {
    guard !slots.isEmpty else { return compute() }
    var hash = rows.bitPattern &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ inner.bitPattern) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ columns.bitPattern) &* 0x94D0_49BB_1331_11EB
    hash = (hash ^ bytes.bitPattern) &* 0x9E37_79B9_7F4A_7C15
    let index = Int(truncatingIfNeeded: hash >> 40) & (slots.count - 1)
    let slot = slots[index]
    if slot.rows == rows, slot.inner == inner, slot.columns == columns, slot.bytes == bytes,
      slot.arithmetic == arithmetic, slot.seconds > 0
    {
      return slot.seconds
    }
    let seconds = compute()
    slots[index] = Slot(
      rows: rows, inner: inner, columns: columns, bytes: bytes, arithmetic: arithmetic, seconds: seconds)
    return seconds
  }
}
