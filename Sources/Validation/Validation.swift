package import Catalog
package import Documents
internal import Hardware
internal import Quantities

/// Predicted times against those of a file of measurements.
package struct Validation: Sendable {
  /// Rows of one device, one kind of operator and one precision.
  package struct Group: Sendable {
    /// The device, by its catalog name.
    package let hardware: String
    /// The kind of operator.
    package let kind: String
    /// The precision.
    package let precision: String
    /// The rows.
    package let measurements: [Measurement]
    /// The errors of the ideal times.
    package let ideal: ErrorSummary
    /// The errors of the expected times.
    package let expected: ErrorSummary

    init(_ measurements: [Measurement], like first: Measurement) {
      hardware = first.hardware
      kind = first.kind
      precision = first.precision
      self.measurements = measurements
      ideal = ErrorSummary(ratios: measurements.map(\.idealRatio))
      expected = ErrorSummary(ratios: measurements.map(\.expectedRatio))
    }
  }

  /// The name of the file.
  package let file: String
  /// All rows that could be predicted, in the order of the file.
  package let measurements: [Measurement]
  /// The same, by device, kind and precision.
  package let groups: [Group]
  /// What rows were left out for, and how many of each.
  package let omissions: [String]

  /// Files of up to this size are read.
  private static let sizeLimit = 1 << 26

  /// Predicts every row of the file at `path`; only those of one device if `hardware` names it.
  ///
  /// The file has the columns `hardware operator precision seconds` and the sizes that its operators need (`rows inner
  /// columns batch tokens heads kv_heads head_width`), or, for whole prefills, `model precision batch prompt_tokens
  /// device seconds` and perhaps `kernels` (fused or eager attention), `n_dev` (devices) and `tp` (those that share every
  /// layer; default: all of them); there, rows of unknown models and devices and of devices that do not share every layer
  /// are left out and counted.
  /// - Throws: `Diagnostic` at the field that cannot be read, or if no row is left.
  package init(
    measurements path: String, hardware: String? = nil, catalog: Catalog = .standard
  ) throws(Diagnostic) {
    let table = try CSV(parsing: Files.readText(path, limit: Self.sizeLimit), file: path)
    let only = try hardware.map { name throws(Diagnostic) in try catalog.hardware(name).name }
    file = path
    if table.column("operator") != nil {
      measurements = try OperatorMeasurements(table, Devices(catalog)).measurements(only: only)
      omissions = []
    } else {
      (measurements, omissions) = try PrefillMeasurements(table, catalog).measurements(only: only)
    }
    guard !measurements.isEmpty else {
      let device = only.map { " of \($0)" } ?? ""
      throw Diagnostic(file: path, (["no row\(device) can be compared"] + omissions).joined(separator: "; "))
    }
    groups = Self.groups(measurements)
  }

  private init(file: String, _ measurements: [Measurement]) {
    self.file = file
    self.measurements = measurements
    omissions = []
    groups = Self.groups(measurements)
  }

  private static func groups(_ measurements: [Measurement]) -> [Group] {
    struct Key: Hashable { let hardware, kind, precision: String }
    return measurements.grouped { Key(hardware: $0.hardware, kind: $0.kind, precision: $0.precision) }.compactMap {
      rows in
      rows.first.map { Group(rows, like: $0) }
    }
  }

  /// The rows that `Tools/fit_achieved.py` held out: for each device and series, every other model (width, number of
  /// heads), counted from the end of their sorted names, was fitted, the others not.
  package var heldOut: Validation {
    func series(_ row: Measurement) -> [String] {
      [row.hardware, String(row.source.prefix { $0 != ":" }), row.kind == "attention" ? "attention" : ""]
    }
    var units: [[String]: Set<String>] = [:]
    for row in measurements { units[series(row), default: []].insert(row.unit) }
    let held = units.mapValues { names in
      Set(names.sorted(by: >).enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    }
    return keeping { held[series($0)]?.contains($0.unit) ?? false }
  }

  /// Only the rows that `isKept` says.
  package func keeping(_ isKept: (Measurement) -> Bool) -> Validation {
    replacing(measurements.filter(isKept))
  }

  /// Other rows of the same file.
  func replacing(_ rows: [Measurement]) -> Validation { Validation(file: file, rows) }

  /// The rows whose expected times are farthest off, in proportion, worst first.
  package func worst(_ count: Int) -> [Measurement] {
    guard count > 0 else { return [] }
    let distances = measurements.map { max($0.expectedRatio, 1 / $0.expectedRatio) }
    let order = measurements.indices.sorted { a, b in
      (distances[a], measurements[b].line) > (distances[b], measurements[a].line)
    }
    return order.prefix(count).map { measurements[$0] }
  }

  /// The rows that are faster than the bound.
  package var suspects: [Measurement] { measurements.filter(\.isSuspect) }
}

extension Array {
  /// The rows of equal keys together, in the order in which the keys first come.
  func grouped<Key: Hashable>(by key: (Element) -> Key) -> [[Element]] {
    var places: [Key: Int] = [:]
    var groups: [[Element]] = []
    // Equal rows mostly stand together.
    var last: (key: Key, place: Int)?
    for row in self {
      let key = key(row)
      if let last, last.key == key {
        groups[last.place].append(row)
      } else if let place = places[key] {
        groups[place].append(row)
        last = (key, place)
      } else {
        last = (key, groups.count)
        places[key] = groups.count
        groups.append([row])
      }
    }
    return groups
  }
}
