import Photographs
import Testing

@Suite struct DistributionTests {
  // numpy 2: x = [60, 98, 83, 60]; mean 75.25, percentile(x, [0, 25, 50, 95, 100]) = 60, 60, 71.5, 95.75, 98.
  @Test func agreesWithNumpy() {
    var distribution = Distribution()
    for number in [60.0, 98, 83, 60] { distribution.add(number) }
    #expect(distribution.count == 4)
    #expect(distribution.mean == 75.25)
    #expect(distribution.percentile(0.5) == 71.5)
    #expect(abs(distribution.percentile(0.95) - 95.75) < 1e-12)
    #expect(distribution.percentile(0.25) == 60)
    #expect((distribution.min, distribution.max) == (60, 98))
    #expect((distribution.percentile(0), distribution.percentile(1)) == (60, 98))
  }

  // numpy.percentile(range(1, 102), [50, 95]) = 51, 96: positions 50 and 95 of 101 sorted numbers.
  @Test func theOrderMakesNoDifference() {
    var distribution = Distribution()
    for number in (1...101).reversed() { distribution.add(Double(number)) }
    #expect(distribution.percentile(0.5) == 51)
    #expect(distribution.percentile(0.95) == 96)
    #expect(distribution.mean == 51)
  }

  @Test func oneNumberIsAllOfThem() {
    var distribution = Distribution()
    distribution.add(7)
    for share in [0, 0.5, 0.95, 1] { #expect(distribution.percentile(share) == 7) }
  }

  @Test func withoutNumbersThereIsNothing() {
    var distribution = Distribution()
    distribution.add(.nan)
    #expect(distribution.count == 0)
    #expect(distribution.mean.isNaN && distribution.min.isNaN && distribution.percentile(0.5).isNaN)
  }

  @Test func infiniteNumbersDoNotTrap() {
    var distribution = Distribution()
    for number in [Double.infinity, -Double.infinity, 1.0] { distribution.add(number) }
    #expect(distribution.percentile(0.5) == 1)
    #expect(distribution.max == Double.infinity)
  }
}
