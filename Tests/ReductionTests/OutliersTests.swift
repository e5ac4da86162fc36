import Testing

@testable import Reduction

struct OutliersTests {
  @Test func quantilesAreInterpolatedLinearly() {
    let numbers: [Float] = [1, 2, 4, 8]
    // Position 0.25 * 3 = 0.75 lies between 1 and 2, position 2.25 between 4 and 8.
    #expect(Outliers.quantile(0.25, of: numbers) == 1.75)
    #expect(Outliers.quantile(0.75, of: numbers) == 5)
    #expect(Outliers.quantile(0, of: numbers) == 1)
    #expect(Outliers.quantile(1, of: numbers) == 8)
    #expect(Outliers.quantile(0.5, of: [3]) == 3)
    #expect(Outliers.quantile(0.5, of: []) == 0)
  }

  @Test func theFenceItselfIsInside() {
    // Quartiles 1 and 2 of [1, 1, 1.5, 2, x] (positions 1 and 3) put the fence at 2 + 1.5 = 3.5.
    #expect(Outliers.count(in: [1, 1, 1.5, 2, 3.5]) == 0)
    #expect(Outliers.count(in: [1, 1, 1.5, 2, Float(3.5).nextUp]) == 1)
  }

  /// The third quartile of 576 numbers lies between the 144th and the 145th largest, three quarters of the way to the
  /// smaller: 145 equal spikes lift it, 144 lift it by a quarter of their height, and the fence with it to 0.625.
  @Test(arguments: [(143, 143), (144, 144), (145, 0), (576, 0)])
  func equalSpikes(spikes: Int, outliers: Int) {
    let numbers = [Float](repeating: 1, count: spikes) + [Float](repeating: 0, count: 576 - spikes)
    #expect(Outliers.count(in: numbers) == outliers)
  }

  @Test func sameNumbersHaveNone() {
    #expect(Outliers.count(in: [Float](repeating: 0.001, count: 576)) == 0)
    #expect(Outliers.count(in: [1]) == 0)
    #expect(Outliers.count(in: []) == 0)
  }
}
