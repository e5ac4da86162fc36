internal import Documents
internal import Hardware
internal import Quantities

/// A figure of the catalog, ready to be shown.
struct Fact {
  var name: String
  var value: String
  /// The value in base units, if it is a number.
  var number: Double?
  /// The base unit of the number, if it has one.
  var unit: String?
  /// The keys of its sources, nil if it is unverified.
  var source: String?
  var note: String?

  /// A figure of a datasheet.
  init(_ name: String, _ figure: Figure<some Quantity>) {
    self.name = name
    value = figure.stated
    number = figure.value.value
    let symbol = type(of: figure.value).notation.symbols[0]
    unit = symbol.isEmpty ? nil : symbol
    source = figure.isVerified ? figure.sources.map(\.key).joined(separator: ", ") : nil
    note = figure.note
  }

  /// A whole number.
  init(_ name: String, _ count: Double, source: String, note: String? = nil) {
    self.name = name
    value = count.grouped
    number = count
    self.source = source
    self.note = note
  }

  /// A text.
  init(_ name: String, _ text: String, source: String, note: String? = nil) {
    self.name = name
    value = text
    self.source = source
    self.note = note
  }
}

extension OutputRecord {
  /// A figure of the device or model of that name.
  init(_ fact: Fact, of name: String) {
    self.init([
      "name": .text(name), "figure": .text(fact.name), "value": fact.number.map { .number($0) } ?? .text(fact.value),
      "unit": .text(fact.unit), "source": .text(fact.source), "note": .text(fact.note),
    ])
  }
}

extension Double {
  /// A whole number with its digits in groups of three: `6 738 415 616`.
  var grouped: String {
    var groups: [Substring] = []
    var rest = shortest[...]
    while rest.count > 3 {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    return ([rest] + groups.reversed()).joined(separator: " ")
  }
}
