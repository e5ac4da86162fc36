import Documents
import Testing

@testable import Traffic

@Suite("Lengths")
struct LengthDistributionTests {
  private func draws(_ text: String, count: Int = 100_000, least: Int = 0) throws -> [Int] {
    let lengths = try LengthDistribution(text, least: least, "--text-tokens")
    var draws = Draws(seed: 3, .text)
    return (0..<count).map { _ in lengths.draw(&draws) }
  }

  private func mean(_ values: [Int]) -> Double { Double(values.reduce(0, +)) / Double(values.count) }

  @Test("have the mean and the percentiles that they are given by")
  func moments() throws {
    // Tolerances: five standard errors of 100,000 draws, all below 2 % here.
    let lognormal = try draws("lognormal:mean=200,p95=600").sorted()
    #expect(abs(mean(lognormal) / 200 - 1) < 0.02)
    #expect(abs(Double(lognormal[95_000]) / 600 - 1) < 0.02)
    let median = try draws("lognormal:mean=200,p50=100").sorted()
    #expect(abs(Double(median[50_000]) / 100 - 1) < 0.02)
    #expect(abs(mean(try draws("gamma:mean=300,cv=0.5")) / 300 - 1) < 0.02)
    #expect(abs(mean(try draws("exponential:mean=300")) / 300 - 1) < 0.02)
    let uniform = try draws("uniform:min=80,max=100")
    #expect(Set(uniform) == Set(80...100))
    #expect(abs(mean(uniform) - 90) < 0.1)
    #expect(try draws("1.5k", count: 3) == [1500, 1500, 1500])
    #expect(try draws("exponential:mean=2", least: 1).min() == 1)
  }

  @Test("a lognormal's 95th percentile is at most 3.87 times its mean")
  func impossible() throws {
    // exp(z^2 / 2) with z = 1.645 is 3.868: 200 and 800 are 4, which is near enough to be drawn at the limit, with a note.
    #expect(try LengthDistribution("lognormal:mean=200,p95=800", "x").note?.contains("774") == true)
    #expect(try LengthDistribution("lognormal:mean=200,p95=700", "x").note == nil)
    #expect(throws: Diagnostic.self) { try LengthDistribution("lognormal:mean=200,p95=1000", "x") }
  }

  @Test(
    "are refused where they make no sense",
    arguments: [
      "normal:mean=3", "uniform:min=5,max=4", "uniform:min=5", "lognormal:mean=200", "lognormal:mean=200,p95=300,cv=1",
      "gamma:mean=nan,cv=1", "gamma:mean=5,cv=1,cv=2", "gamma:mean=5,cv=1,p9=2", "-3", "exponential:mean=-1", "",
      "histogram:", "histogram:x.csv", "exponential:mean",
    ])
  func refused(_ text: String) {
    #expect(throws: Diagnostic.self) { try LengthDistribution(text, "--text-tokens") }
  }
}
