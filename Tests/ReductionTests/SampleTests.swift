import Documents
import Testing

@testable import Reduction

struct SampleTests {
  /// The averages that the paper reports, which the scenes are laid out for: see `Sample`.
  static let outliers = [("text", 40), ("objects", 35), ("diagram", 16)]

  @Test(arguments: outliers)
  func keepsWhatThePaperReports(name: String, count: Int) throws {
    let features = try Sample.named(name).features()
    #expect(features.isSynthetic && features.name == name)
    #expect((features.patches, features.width, features.heads) == (576, 1024, 16))
    let reduced = try PruMerge().reduce(features)
    #expect(reduced.kept.count == count)
    #expect(reduced.count == count + 1)
    #expect(reduced.tokens.firstNonFinite == nil)
  }

  /// A quarter of the 576 tokens, as the paper says of PruMerge+: 35 outliers, the 115 patches 0, 5, ..., 570 less the
  /// 7 that are among them, and one.
  @Test func plusKeepsAQuarterOfTheObjects() throws {
    #expect(try PruMergePlus().reduce(Sample.objects.features()).count == 144)
  }

  /// No patch is close to the fence: between the largest attention of those within and the smallest of those beyond lies
  /// a factor of more than e^2, and the fence lies well inside that.
  @Test(arguments: outliers)
  func outliersAreClear(name: String, count: Int) throws {
    let sorted = try Sample.named(name).features().classAttention().sorted()
    let fence = 2.5 * Outliers.quantile(0.75, of: sorted) - 1.5 * Outliers.quantile(0.25, of: sorted)
    #expect(sorted[576 - count - 1] < 0.9 * fence)
    #expect(sorted[576 - count] > 4 * fence)
  }

  /// What another processor or a file in bfloat16 could change does not change the choice.
  @Test(arguments: outliers)
  func roundingDoesNotMatter(name: String, count: Int) throws {
    let features = try Sample.named(name).features()
    let expected = try features.classAttention()
    let rounded = features.keys.elements.map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }
    let reversed = (0..<577).flatMap { rounded[$0 * 1024..<($0 + 1) * 1024].reversed() }
    let keys = try #require(Matrix(columns: 1024, elements: reversed))
    let other = try VisualFeatures(
      name: name, keys: keys, classQuery: features.classQuery.reversed(), tokens: features.tokens)
    let attention = try other.classAttention()
    #expect(Outliers.count(in: attention) == count)
    #expect(Set(attention.indicesOfLargest(count)) == Set(expected.indicesOfLargest(count)))
  }

  @Test func isTheSameOnEveryCall() {
    #expect(Sample.diagram.features().keys == Sample.diagram.features().keys)
  }

  @Test func noiseIsEvenAndCentred() {
    var random = RandomLanes(seed: 7)
    var (sum, squares, extreme) = (0.0, 0.0, Float(0))
    for _ in 0..<10_000 {
      let (first, second) = random.next()
      for number in [first, second].flatMap({ lanes in (0..<4).map { lanes[$0] } }) {
        sum += Double(number)
        squares += Double(number * number)
        extreme = max(extreme, abs(number))
      }
    }
    // 80,000 numbers, even from -1/2 to 1/2: mean 0 +- 0.001, mean square 1/12 +- 0.0003 (one standard deviation).
    #expect(abs(sum / 80_000) < 0.005)
    #expect(abs(squares / 80_000 - 1.0 / 12) < 0.0015)
    #expect(extreme <= 0.5 && extreme > 0.499)
  }

  @Test func namesAreKnown() {
    let error = #expect(throws: Diagnostic.self) { try Sample.named("photo") }
    #expect(error?.message == "unknown sample \"photo\"; known are text, objects, diagram")
    #expect(Sample.all.allSatisfy { $0.title.contains("synthetic") })
  }
}
