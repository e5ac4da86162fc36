internal import Documents
internal import Estimation
internal import Quantities

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A fit of figures to measured times: each is held near where it starts, the nearer the fewer times there are.
///
/// The logarithm of expected over measured times is made small, deviations beyond 8 % counting less than their squares
/// (soft L1), of times of one class, engine and source together, where they are far off, as much as the fourth root of
/// their cube, and else as the square root of their number. Figures move as logarithms; six steps of Gauss and Newton, none
/// farther than e^0.5.
struct EngineFit {
  /// What a time and a figure may be off, as a logarithm.
  private static let scale = 0.08
  private static let steps = 6
  private static let farthest = 0.5

  /// The figures.
  private(set) var figures = EngineFigures()
  private let start: [EngineFigures.Key: (value: Double, slack: Double)]
  private let keys: [EngineFigures.Key]

  /// The fit of figures to runs.
  ///
  /// - Throws: `Diagnostic` of a run that cannot be predicted.
  init(
    _ runs: [EngineRun], from start: (EngineRun) -> [EngineFigures.Key: (value: Double, slack: Double)]
  ) throws(Diagnostic) {
    var all: [EngineFigures.Key: (value: Double, slack: Double)] = [:]
    let own = runs.map(start)
    for figures in own { all.merge(figures) { first, _ in first } }
    (self.start, keys) = (all, Array(all.keys))
    let places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    figures.values = all.mapValues(\.value)
    let weights = Self.weights(runs)
    for _ in 0..<Self.steps { try step(runs, own.map { $0.keys.compactMap { places[$0] } }, weights) }
  }

  /// What a run counts: many of one class, engine and source count less each.
  private static func weights(_ runs: [EngineRun]) -> [Double] {
    func series(_ run: EngineRun) -> [String] { [run.engineClass?.title ?? "", run.engine, run.source] }
    var counts: [[String]: Double] = [:]
    for run in runs { counts[series(run), default: 0] += 1 }
    return runs.map { pow(counts[series($0)] ?? 1, -0.25) }
  }

  /// The logarithm of the expected over the measured time of a run.
  private func deviation(_ run: EngineRun, _ figures: EngineFigures) throws(Diagnostic) -> Double {
    log(try run.setup.times(figures).expected / run.measured)
  }

  private mutating func step(
    _ runs: [EngineRun], _ places: [[Int]], _ weights: [Double]
  ) throws(Diagnostic) {
    let count = keys.count
    var matrix = [Double](repeating: 0, count: count * count)
    var right = [Double](repeating: 0, count: count)
    for (place, key) in keys.enumerated() {
      guard let (value, slack) = start[key], let now = figures.values[key] else { continue }
      matrix[place * count + place] += 1 / (slack * slack)
      right[place] -= log(now / value) / (slack * slack)
    }
    let small = 0.02
    for (index, run) in runs.enumerated() {
      let deviation = try deviation(run, figures)
      let share = weights[index] * deviation / Self.scale
      let weight = weights[index] * weights[index] / (Self.scale * Self.scale * (1 + share * share).squareRoot())
      var slopes: [(place: Int, slope: Double)] = []
      for place in places[index] {
        var moved = figures
        moved.values[keys[place]]? *= exp(small)
        let slope = (try self.deviation(run, moved) - deviation) / small
        if slope != 0 { slopes.append((place, slope)) }
      }
      for (place, slope) in slopes {
        right[place] -= weight * slope * deviation
        for (other, otherSlope) in slopes { matrix[place * count + other] += weight * slope * otherSlope }
      }
    }
    for (place, move) in Self.solved(matrix, right).enumerated() {
      figures.values[keys[place]]? *= exp(min(max(move, -Self.farthest), Self.farthest))
      if case .share = keys[place] { clamp(keys[place]) }
      if case .cache = keys[place] { clamp(keys[place]) }
      if case .unpacking = keys[place] { clamp(keys[place]) }
    }
  }

  /// Keeps a share below the whole.
  private mutating func clamp(_ key: EngineFigures.Key) {
    figures.values[key] = figures.values[key].map { min($0, 0.98) }
  }

  /// The solution of a symmetric system that has one, by Cholesky's way.
  private static func solved(_ matrix: [Double], _ right: [Double]) -> [Double] {
    let count = right.count
    var lower = matrix
    var solution = right
    for row in 0..<count {
      for column in 0...row {
        var sum = matrix[row * count + column]
        for inner in 0..<column { sum -= lower[row * count + inner] * lower[column * count + inner] }
        lower[row * count + column] =
          row == column ? max(sum, 1e-12).squareRoot() : sum / lower[column * count + column]
      }
    }
    for row in 0..<count {
      for column in 0..<row { solution[row] -= lower[row * count + column] * solution[column] }
      solution[row] /= lower[row * count + row]
    }
    for row in (0..<count).reversed() {
      for below in (row + 1)..<max(count, row + 1) { solution[row] -= lower[below * count + row] * solution[below] }
      solution[row] /= lower[row * count + row]
    }
    return solution
  }
}
