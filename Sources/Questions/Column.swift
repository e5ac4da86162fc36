public import Documents
public import Quantities

/// A column of an answer: a key, what it means, and its value in a row. Tables, files, filters and orders all read these.
public struct Column: Sendable {
  /// What a column holds.
  public enum Kind: Sendable, Hashable {
    case text, boolean
    /// A whole number.
    case count
    /// A number without a unit; a factor, as of a speed-up; an amount of money.
    case number, factor, money
    /// A difference in per cent, with its sign; a part of a whole in per cent.
    case share, portion
    case seconds, bytes, flops, intensity, joules
    /// A list of records.
    case records

    /// The quantity that it is an amount of, in base units.
    public var quantity: (any Quantity.Type)? {
      switch self {
      case .seconds: Seconds.self
      case .bytes: Bytes.self
      case .flops: FLOPs.self
      case .intensity: Intensity.self
      case .joules: Energy.self
      default: nil
      }
    }
  }

  /// The key in JSON and the heading in CSV.
  public let key: String
  /// What stands above it in a table for people.
  public let heading: String
  /// What it holds.
  public let kind: Kind
  /// What it means, in a line.
  public let about: String
  /// Whether it says what was asked, and so tells rows apart.
  public let isAsked: Bool
  /// Whether more is better, so that an order begins with the largest.
  public let prefersMore: Bool
  private let value: @Sendable (inout RowFigures) -> OutputValue

  package init(
    _ key: String, _ heading: String, _ kind: Kind, _ about: String, isAsked: Bool = false, prefersMore: Bool = false,
    value: @escaping @Sendable (inout RowFigures) -> OutputValue
  ) {
    (self.key, self.heading, self.kind, self.about) = (key, heading, kind, about)
    (self.isAsked, self.prefersMore, self.value) = (isAsked, prefersMore, value)
  }

  /// What a row holds here.
  ///
  /// A row of a fleet answers in the columns of fleets alone.
  public func value(of figures: inout RowFigures) -> OutputValue {
    guard figures.isLoad, self != Self.rank else { return value(&figures) }
    return ofLoad?.value(&figures) ?? .null
  }

  /// All columns that have a name, also those that only some answers have.
  public static let known = [image, rank] + all + paper + before + onlyOfLoad

  /// The column of a key or a heading, in any case and with spaces or dashes; nil if there is none.
  static func named(_ name: String) -> Column? {
    let wanted = name.spelling
    return known.first { $0.key == name } ?? known.first { $0.heading.spelling == wanted }
      ?? known.first { $0.key.spelling == wanted }
  }

  /// The columns that one name stands for where columns are chosen: `memory` for the sum of what is resident, part by part,
  /// what it is held against, and the room that is left for caches. Nil for other names.
  static func group(_ name: String) -> [Column]? {
    guard name.spelling == "memory" else { return nil }
    let keys = [
      "weight_bytes", "reserved_bytes", "workspace_bytes", "kv_cache_bytes", "footprint_bytes", "memory_limit_bytes",
      "capacity_bytes", "fits", "kv_capacity_bytes", "kv_capacity_tokens",
    ]
    return keys.compactMap { key in all.first { $0.key == key } }
  }

  /// The column of a key or a heading.
  ///
  /// - Throws: `Diagnostic` with the nearest keys if there is none.
  public init(named name: String) throws(Diagnostic) {
    guard let column = Self.named(name) else {
      let near = nearest(to: name, among: Self.known.map(\.key))
      let hint = near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
      throw Diagnostic("there is no column \"\(name)\"; \(hint)\"roofline list columns\" has them all")
    }
    self = column
  }
}

extension Column: Hashable {
  /// Whether both have one key.
  public static func == (a: Column, b: Column) -> Bool { a.key == b.key }
  /// Hashes the key.
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
