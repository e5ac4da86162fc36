internal import CRoofline
internal import RooflineKit

/// Values of a column that one thread made, on their way into it.
enum ColumnPart: Sendable {
  case numbers([Double])
  case flags([Int32])
  case texts([String?])

  init(_ form: ColumnBuilder.Form, capacity: Int) {
    switch form {
    case .boolean: self = .flags([])
    case .text, .json: self = .texts([])
    case .count, .number:
      var numbers: [Double] = []
      numbers.reserveCapacity(capacity)
      self = .numbers(numbers)
    }
  }

  /// Adds a value; what is of another kind counts as none, but in JSON.
  mutating func append(_ value: OutputValue) {
    switch self {
    case .numbers(var numbers):
      self = .flags([])
      if case .number(let number) = value, number.isFinite { numbers.append(number) } else { numbers.append(.nan) }
      self = .numbers(numbers)
    case .flags(var flags):
      self = .numbers([])
      if case .boolean(let flag) = value { flags.append(flag ? 1 : 0) } else { flags.append(-1) }
      self = .flags(flags)
    case .texts(var texts):
      self = .numbers([])
      switch value {
      case .text(let text): texts.append(text)
      case .null: texts.append(nil)
      default: texts.append(JSONRenderer.text(value))
      }
      self = .texts(texts)
    }
  }
}

/// Collects the values of a column.
final class ColumnBuilder {
  /// How the values of a column lie in memory.
  enum Form: Sendable {
    case text, boolean, count, number, json

    init(_ kind: Column.Kind) {
      switch kind {
      case .text: self = .text
      case .boolean: self = .boolean
      case .count: self = .count
      case .records: self = .json
      default: self = .number
      }
    }

    /// What suits all of some values: counts are numbers that are all whole.
    init(of values: [OutputValue]) {
      var (texts, flags, numbers, others, areWhole) = (0, 0, 0, 0, true)
      for value in values {
        switch value {
        case .text: texts += 1
        case .boolean: flags += 1
        case .number(let number):
          numbers += 1
          areWhole = areWhole && number == number.rounded() && number.magnitude < 0x1p63
        case .null: break
        case .records, .record, .list: others += 1
        }
      }
      switch (texts > 0, flags > 0, numbers > 0, others > 0) {
      case (_, false, false, false): self = .text
      case (false, true, false, false): self = .boolean
      case (false, false, true, false): self = areWhole ? .count : .number
      default: self = .json
      }
    }

    var kind: roofline_kind {
      switch self {
      case .text: ROOFLINE_TEXT
      case .boolean: ROOFLINE_BOOLEAN
      case .count: ROOFLINE_COUNT
      case .number: ROOFLINE_NUMBER
      case .json: ROOFLINE_JSON
      }
    }
  }

  let key: String
  let form: Form
  private var numbers = GrowingMemory<Double>()
  private var codes = GrowingMemory<Int32>()
  private var texts: [String] = []
  private var places: [String: Int32] = [:]
  /// The text that came last: most rows have that of the row before.
  private var last: (text: String, code: Int32)?
  private var (nulls, isWhole) = (0, true)

  init(_ key: String, _ form: Form) { (self.key, self.form) = (key, form) }

  deinit {
    numbers.start?.deallocate()
    codes.start?.deallocate()
  }

  func append(_ part: ColumnPart) {
    switch part {
    case .numbers(let values):
      for value in values {
        if value.isNaN { nulls += 1 } else if value != value.rounded() || value.magnitude >= 0x1p63 { isWhole = false }
        numbers.append(value)
      }
    case .flags(let flags):
      for flag in flags {
        if flag < 0 { nulls += 1 }
        codes.append(flag)
      }
    case .texts(let values): for text in values { codes.append(code(of: text)) }
    }
  }

  private func code(of text: String?) -> Int32 {
    guard let text else {
      nulls += 1
      return -1
    }
    if let last, last.text == text { return last.code }
    let code: Int32
    if let known = places[text] {
      code = known
    } else {
      code = Int32(clamping: texts.count)
      places[text] = code
      texts.append(text)
    }
    last = (text, code)
    return code
  }

  /// The column, which takes the memory over.
  func finished() -> ColumnMemory {
    defer { (numbers, codes) = (GrowingMemory(), GrowingMemory()) }
    let isCount = form == .count && isWhole && nulls == 0
    return ColumnMemory(
      key, form.kind, nulls: nulls, numbers: numbers, counts: isCount ? numbers.map { Int64($0) } : GrowingMemory(),
      codes: codes, texts: texts)
  }
}
