/// Makes the features of the built-in samples.
///
/// Every patch belongs to a region: a salient area, or one of nine squares of background. Its key is that of the region
/// plus noise, so that keys of one region are alike and others are not. One channel of every head is kept for salience:
/// there alone the class query is not zero, and the keys say how much a patch matters: little in the background, far
/// more in a salient area, most in its middle. So the class attention is near zero almost everywhere, with a few peaks,
/// as in Figure 3 of the PruMerge paper.
///
/// The projection from tokens to keys is the identity here. The two matrices are one in memory, which halves the time
/// to make them: most of it goes into memory pages that are touched for the first time.
struct SceneGenerator {
  private static let grid = VisualFeatures.Grid(rows: 24, columns: 24)
  private static let width = 1024
  private static let heads = 16
  /// The side of a square of background in patches, and the number of squares.
  private static let (side, squares) = (8, 9)
  /// The class query in the channels of salience, the first of every head.
  private static let query: Float = 8

  private let sample: Sample
  private var random: RandomLanes

  /// A generator of one scene.
  init(_ sample: Sample) {
    self.sample = sample
    random = RandomLanes(seed: sample.seed)
  }

  /// The features of the scene.
  mutating func features() -> VisualFeatures {
    let places = places()
    var keys = rows(around: centres(), of: places.map(\.region))
    // A logit is the scalar product of query and key over the square root of the width; every head has an equal share.
    let share = Float(Self.width).squareRoot() / (Self.query * Float(Self.heads))
    var classQuery = [Float](repeating: 0, count: Self.width)
    for channel in stride(from: 0, to: Self.width, by: Self.width / Self.heads) {
      classQuery[channel] = Self.query
      for (row, place) in places.enumerated() { keys.elements[row * Self.width + channel] = place.logit * share }
    }
    return VisualFeatures(
      name: sample.name, isSynthetic: true, grid: Self.grid, heads: Self.heads, uncheckedKeys: keys,
      classQuery: classQuery, tokens: keys)
  }

  /// What a row of the features is made from.
  private struct Place {
    /// A square of background or, counted from behind those, a salient area.
    let region: Int
    /// The logit of the class attention.
    let logit: Float
  }

  /// The place of the class token, then those of the patches.
  private mutating func places() -> [Place] {
    var places = [Place(region: 0, logit: 0)]
    for row in 0..<Self.grid.rows {
      for column in 0..<Self.grid.columns {
        let noise = random.next().0[0]
        let square = row / Self.side * (Self.grid.columns / Self.side) + column / Self.side
        // Even noise has its upper fence far above its largest value, and the salient logits begin far above that: no
        // patch is close to being an outlier or to not being one.
        var place = Place(region: square, logit: 0.5 * noise)
        for (index, area) in sample.salient.enumerated() {
          guard let depth = area.depth(row: row, column: column) else { continue }
          place = Place(region: Self.squares + index, logit: 2.5 + 2.5 * depth + 0.25 * noise)
        }
        places.append(place)
      }
    }
    return places
  }

  /// The middle of every region: independent numbers from -1 to 1.
  private mutating func centres() -> Matrix {
    let origin = Matrix(rows: 1, columns: Self.width) { $0.update(repeating: 0, count: Self.width) }
    let regions = Self.squares + sample.salient.count
    return rows(around: origin, of: [Int](repeating: 0, count: regions), noise: 2)
  }

  /// A row for each of `regions`: its centre and noise of the given width.
  private mutating func rows(around centres: Matrix, of regions: [Int], noise width: Float = 1) -> Matrix {
    Matrix(rows: regions.count, columns: Self.width) { output in
      centres.withRows { centres in
        var random = random
        for (row, region) in regions.enumerated() {
          let start = output + row * Self.width
          RowKernels.scatter(around: centres[region], width: width, &random, into: start, count: Self.width)
        }
        self.random = random
      }
    }
  }
}
