import RooflineCore

var prices = try PriceList(
  Catalog.standard.model("llava-1.5-7b"), on: Catalog.standard.hardware("a100-80gb"), at: .fp16)
// 64 sequences decode, each over a context of its own; beside them 512 tokens of a prompt follow its first 1024.
let decodes = (0..<64).map { Pass.Group(newTokens: 1, context: 100 + 77 * $0) }
let pass = Pass(decodes + [Pass.Group(newTokens: 512, context: 1024)])
let price = try prices.price(pass, expecting: true)
print("\(price.seconds) ideal, bound by \(price.bound), \(price.expectedSeconds ?? .zero) expected")
