import Testing
import Traffic

@testable import Serving

@Suite("What passes with drafts cost")
struct DraftPriceTests {
  private func ends(_ requests: [ServedRequest], tokens: Int, _ price: LinearPassPrice, draft: LinearPassPrice? = nil)
    throws -> [Double]
  {
    let fleet = FleetSettings.one { $0.speculation = .init(tokens: tokens, acceptance: 1) }
    return try PricedRun(requests, fleet, price, draft: draft).passes.map(\.end)
  }

  @Test("every token that is checked counts, however many of a request")
  func checked() throws {
    var price = LinearPassPrice()
    price.token = 1
    // The fill of 4; 1 + 2 tokens; 1 + 2 tokens, which make 1 + 3 + 3 = 7.
    #expect(try ends([ServedRequest(prompt: 4, output: 7)], tokens: 2, price) == [4, 7, 10])
    // Two requests, the second of which needs 2 tokens more after its fill: 3 + 2 in one pass, then 3 of the first.
    let two = [ServedRequest(prompt: 4, output: 7), ServedRequest(prompt: 5, output: 3)]
    #expect(try ends(two, tokens: 2, price) == [9, 14, 17])
  }

  @Test("the context is that of each, the logits are those of all that is checked")
  func contextAndLogits() throws {
    var price = LinearPassPrice()
    (price.context, price.logit) = (1, 100)
    // A row of logits of the fill; after 4 positions three rows; after 7 three rows.
    #expect(try ends([ServedRequest(prompt: 4, output: 7)], tokens: 2, price) == [100, 100 + 304, 404 + 307])
  }

  @Test("one draft is a pass of the draft model, as its fill is")
  func oneDraft() throws {
    // 1 + 8 of the fills, 1 + 8 of a draft and its check, which make 1 + 2 tokens.
    let ends = try ends([ServedRequest(prompt: 4, output: 3)], tokens: 1, .each(1), draft: .each(8))
    #expect(ends == [9, 18])
  }
}
