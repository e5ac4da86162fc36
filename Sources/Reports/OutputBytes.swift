internal import Documents
internal import Quantities

/// Values as bytes, without a text for each.
extension [UInt8] {
  mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  mutating func appendJSON(_ record: OutputRecord) {
    append(0x7B)
    for (index, field) in record.fields.enumerated() {
      if index > 0 { append(", ") }
      append(0x22)
      append(field.key)
      append("\": ")
      appendJSON(field.value)
    }
    append(0x7D)
  }

  mutating func appendJSON(_ value: OutputValue) {
    switch value {
    case .number(let number) where number.isFinite: append(number: number)
    case .boolean(let boolean): append(boolean ? "true" : "false")
    case .records(let records):
      append(0x5B)
      for (index, record) in records.enumerated() {
        if index > 0 { append(", ") }
        appendJSON(record)
      }
      append(0x5D)
    case .record(let record): appendJSON(record)
    case .list(let values):
      append(0x5B)
      for (index, value) in values.enumerated() {
        if index > 0 { append(", ") }
        appendJSON(value)
      }
      append(0x5D)
    case .number, .text, .null: append(JSONRenderer.text(value))
    }
  }

  /// A number as `shortest` has it, whole ones digit by digit.
  mutating func append(number: Double) {
    guard number == number.rounded(), number.magnitude < 1e15 else { return append(number.shortest) }
    var rest = Int64(number)
    if rest < 0 {
      append(0x2D)
      rest = -rest
    }
    let start = count
    repeat {
      append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }
}
