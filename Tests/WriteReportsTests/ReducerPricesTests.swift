import RooflineKit
import Testing

@testable import write_reports

@Suite struct ReducerPricesTests {
  /// The numbers of tokens that the paper's Tables 4 and 7 compare at; ToMe's, EViT's and CrossGET's are those that
  /// their published settings leave.
  @Test func everyMethodLeavesThePapersTokens() throws {
    let prices = try ReducerPrices()
    let tokens = prices.rows.map { $0.estimates.map(\.visualTokens) }
    let expected = [576, 40, 40, 40, 40, 35, 35, 35, 35, 36, 16, 16, 16, 139, 144, 140, 144, 278, 288]
    #expect(tokens == expected.map { [$0, $0, $0, $0] })
    #expect(prices.rows.map(\.table) == [nil] + [Int?](repeating: 4, count: 12) + [Int?](repeating: 7, count: 6))
    #expect(prices.video.count == 3)
  }
}
