import RooflineKit

/// Times what pricing a pass takes in this process, on one thread: `price-benchmark [ROUNDS [NAME]]`, all measurements or
/// those whose name contains a text.
///
/// Prints a line for each measurement, its name and the median of nanoseconds a call over the rounds. Token counts do not
/// repeat within a round, so that no time of a product is remembered from call to call but those of decoding, as in use.
@main
enum PriceBenchmark {
  static func main() throws {
    let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
    let device = try Catalog.standard.hardware("a100-80gb")
    for name in ["vicuna-7b", "deepseek-v3"] {
      let list = try PriceList(Catalog.standard.model(name), on: device, at: .fp16)
      var measure = Measurements(list: list, rounds: rounds, only: CommandLine.arguments.dropFirst(2).first)
      let prefill = Pass([Pass.Group(newTokens: 616)])
      try measure("\(name) ideal prefill", calls: 2000, prefill, expecting: false) { $0.groups[0].newTokens = 100 + $1 }
      try measure("\(name) expected prefill", calls: 2000, prefill, expecting: true) {
        $0.groups[0].newTokens = 100 + $1
      }
      // 64 sequences decoding at contexts of their own beside a chunk of a prefill.
      let decodes = (0..<64).map { Pass.Group(newTokens: 1, context: 100 + 77 * $0) }
      let mixed = Pass(decodes + [Pass.Group(newTokens: 512, context: 1024)])
      try measure("\(name) ideal mixed pass", calls: 1000, mixed, expecting: false) {
        $0.groups[64].newTokens = 300 + $1
      }
      try measure("\(name) expected mixed pass", calls: 1000, mixed, expecting: true) {
        $0.groups[64].newTokens = 300 + $1
      }
      let step = Pass([Pass.Group(sequences: 64, newTokens: 1, context: 1000)])
      try measure("\(name) expected step", calls: 2000, step, expecting: true) { $0.groups[0].context = 1000 + $1 }
      try measure.request("\(name) expected request of 256 tokens", calls: 1000)
    }
  }
}

/// Medians of repeated measurements.
private struct Measurements {
  var list: PriceList
  let rounds: Int
  let only: String?

  /// Times `calls` passes, each changed by its number.
  mutating func callAsFunction(
    _ name: String, calls: Int, _ pass: Pass, expecting: Bool, change: (inout Pass, Int) -> Void
  ) throws {
    var pass = pass
    try time(name, calls: calls) { list, number in
      change(&pass, number)
      return try list.price(pass, expecting: expecting).seconds.value
    }
  }

  /// Times whole requests: a prefill and 255 steps.
  mutating func request(_ name: String, calls: Int) throws {
    var prefill = Pass([Pass.Group(newTokens: 616)])
    var steps = Pass.Series(Pass([Pass.Group(newTokens: 1, context: 616)]), count: 255)
    try time(name, calls: calls) { list, number in
      prefill.groups[0].newTokens = 100 + number
      steps.first.groups[0].context = 100 + number
      let price = try list.price(prefill, expecting: true) + list.price(steps, expecting: true)
      return price.seconds.value
    }
  }

  private mutating func time(_ name: String, calls: Int, _ call: (inout PriceList, Int) throws -> Double) throws {
    if let only, !name.contains(only) { return }
    let clock = ContinuousClock()
    var times: [Double] = []
    var sum = 0.0
    for round in 0..<(rounds + 2) {
      let start = clock.now
      for number in 0..<calls { sum += try call(&list, number) }
      // The first rounds find cold caches.
      if round >= 2 { times.append((clock.now - start) / .nanoseconds(calls)) }
    }
    precondition(sum > 0)
    print("\(name)\t\(times.sorted()[times.count / 2])")
  }
}
