import Engines
import Documents
import Testing
import Traffic

@testable import Serving

/// Passes that follow from Documentation/scheduler.md by hand; a pass takes a second.
@Suite("The rules of the scheduler")
struct SchedulerRuleTests {
  @Test("a prompt is cut to the budget, its last chunk delivers the first token, decodes go on beside it")
  func chunks() throws {
    // Budget 100: request 0 fills 100 + 50 beside nothing; request 1 comes at 0.5 and waits for the end of the pass.
    let run = try PricedRun(
      [ServedRequest(prompt: 150, output: 3), ServedRequest(arrival: 0.5, prompt: 120, output: 2)],
      .one(budget: 100))
    #expect(
      run.takes == [
        [[0, 100, 0]], [[0, 50, 100], [1, 50, 0]], [[0, 1, 150], [1, 70, 50]], [[0, 1, 151], [1, 1, 120]],
      ])
    #expect(run.result.firsts == [2, 3])
    #expect(run.result.lasts == [4, 4])
    #expect(run.passes.map(\.ended) == [[], [], [], [0, 1]])
  }

  @Test("without chunks a prompt waits for a pass that it fits into, and one beyond the budget runs alone")
  func wholePrompts() throws {
    let run = try PricedRun(
      [
        ServedRequest(prompt: 60, output: 1), ServedRequest(prompt: 60, output: 1),
        ServedRequest(prompt: 300, output: 1), ServedRequest(prompt: 10, output: 1),
      ], .one(budget: 100) { $0.scheduler.isChunked = false })
    #expect(run.takes == [[[0, 60, 0]], [[1, 60, 0]], [[2, 300, 0]], [[3, 10, 0]]])
  }

  @Test("the last of the running requests loses its blocks, and computes its tokens again")
  func preemption() throws {
    // Blocks of 16, a pool of 4. Both prompts take 2 blocks with 17 to 32 tokens; request 0 wants a third one for its
    // token 33 in pass 3, when it has 32: request 1 is the victim, having produced 2 tokens, and comes back when request 0
    // has ended (length 30 + 2), to deliver its third.
    let run = try PricedRun(
      [ServedRequest(prompt: 31, output: 4), ServedRequest(prompt: 30, output: 4)], .one(blocks: 4))
    #expect(
      run.takes == [
        [[0, 31, 0], [1, 30, 0]], [[0, 1, 31], [1, 1, 30]], [[0, 1, 32]], [[0, 1, 33]], [[1, 32, 0]], [[1, 1, 32]],
      ])
    #expect(run.passes.map(\.victims) == [[], [], [1], [], [], []])
    #expect(run.result.preemptions == 1)
    #expect(run.result.firsts == [1, 1])
    #expect(run.result.lasts == [4, 6])
  }

  @Test("with all of a request's tokens guaranteed, nothing is ever preempted")
  func guaranteed() throws {
    let run = try PricedRun(
      [ServedRequest(prompt: 31, output: 4), ServedRequest(prompt: 30, output: 4)],
      .one(blocks: 4) { $0.scheduler.admission = .all })
    // Each may claim 3 of the 4 blocks: one after the other.
    #expect(run.takes.prefix(4).allSatisfy { $0.count == 1 && $0[0][0] == 0 })
    #expect(run.result.preemptions == 0)
    #expect(run.result.lasts == [4, 8])
  }

  @Test("prompts go first where the policy says so")
  func prefillFirst() throws {
    let run = try PricedRun(
      [ServedRequest(prompt: 10, output: 3), ServedRequest(arrival: 0.5, prompt: 20, output: 2)],
      .one { $0.scheduler.policy = .prefillFirst })
    #expect(run.takes == [[[0, 10, 0]], [[1, 20, 0]], [[0, 1, 10], [1, 1, 20]], [[0, 1, 11]]])
  }

  @Test("a shared prompt is computed once, also within a pass, and takes its blocks once")
  func sharedPrompts() throws {
    // 40 shared tokens are 2 full blocks of 16: 32 tokens are hits for request 1 in the very pass.
    func request(_ arrival: Double) -> ServedRequest {
      ServedRequest(arrival: arrival, prompt: 50, output: 1, group: 7, shared: 40)
    }
    let run = try PricedRun([request(0), request(0), request(3)], .one(blocks: 10, prefix: true))
    #expect(run.takes == [[[0, 50, 0], [1, 18, 32]], [[2, 18, 32]]])
    // 4 blocks of request 0, and 2 more of request 1.
    #expect(run.passes.map(\.free) == [4, 6])
    let without = try PricedRun([request(0), request(0)], .one(blocks: 10))
    #expect(without.takes == [[[0, 50, 0], [1, 50, 0]]])
  }

  @Test("prompts whose hashes begin alike share their blocks")
  func hashes() throws {
    // 512 tokens a hash are 32 blocks of 16. 1100 tokens are 512 + 512 + 76; the first hash is the same.
    func request(_ arrival: Double, _ hashes: [Int]) -> ServedRequest {
      var request = ServedRequest(arrival: arrival, prompt: 1100, output: 1)
      request.hashes = hashes
      return request
    }
    let run = try PricedRun(
      [request(0, [4, 5, 6]), request(2, [4, 7, 8]), request(4, [4, 5, 6])], .one(prefix: true))
    // Of the third all 68 full blocks are known, 1088 tokens.
    #expect(run.takes == [[[0, 1100, 0]], [[1, 588, 512]], [[2, 12, 1088]]])
    #expect(throws: Diagnostic.self) {
      try PricedRun([request(0, [4])], .one(prefix: true) { $0.scheduler.blockTokens = 48 })
    }
  }

  @Test("a whole prompt that is known is computed but for its last block")
  func knownPrompt() throws {
    // 32 tokens are 2 full blocks; at most (32 - 1) / 16 = 1 of them is a hit.
    let requests = (0..<2).map { ServedRequest(arrival: 2 * Double($0), prompt: 32, output: 1, group: 0, shared: 32) }
    #expect(try PricedRun(requests, .one(prefix: true)).takes == [[[0, 32, 0]], [[1, 16, 16]]])
  }

  @Test("a victim finds the first of its blocks again that nobody took")
  func victimsHits() throws {
    // As `preemption`, with contents: request 0 takes one block for its token 33, the victim's last. Its first one, 16
    // tokens, is still there.
    let run = try PricedRun(
      [ServedRequest(prompt: 31, output: 4), ServedRequest(prompt: 30, output: 4)], .one(blocks: 4, prefix: true))
    #expect(run.takes[4] == [[1, 16, 16]])
    #expect(run.result.lasts == [4, 6])
  }

  @Test("what can never fit is refused, and the client sends its next request")
  func refusal() throws {
    let requests = [100, 1000, 10].map { ServedRequest(prompt: $0, output: 1) }
    let run = try PricedRun(requests, .one(blocks: 10), .each(1), .clients(1))
    #expect(run.result.refusals.map(\.number) == [1])
    #expect(run.takes == [[[0, 100, 0]], [[2, 10, 0]]])
    #expect(run.result.arrivals[2] == 1)
    #expect(run.result.ended == 2)
  }

  @Test("at most so many are in flight, and a request counts from when it is sent")
  func inFlight() throws {
    let requests = (0..<3).map { ServedRequest(arrival: 0.1 * Double($0), prompt: 10, output: 2) }
    let run = try PricedRun(requests, .one(), .each(1), .listed(inFlight: 2))
    // 0 alone, 1 beside its second token; 2 is sent when 0 ends at 2.
    #expect(run.takes == [[[0, 10, 0]], [[0, 1, 10], [1, 10, 0]], [[1, 1, 10], [2, 10, 0]], [[2, 1, 10]]])
    #expect(run.result.arrivals == [0, 0.1, 2])
  }

  @Test("clients send their next request when the last one ends")
  func clients() throws {
    let requests = [2, 1, 1, 1].map { ServedRequest(prompt: 10, output: $0) }
    let run = try PricedRun(requests, .one(), .each(1), .clients(2))
    #expect(run.takes == [[[0, 10, 0], [1, 10, 0]], [[0, 1, 10], [2, 10, 0]], [[3, 10, 0]]])
    #expect(run.result.arrivals == [0, 0, 1, 2])
  }

  @Test("host times are a pass's and a sequence's; a request's lie outside")
  func hostTimes() throws {
    let fleet = FleetSettings.one {
      ($0.scheduler.passSeconds, $0.scheduler.sequenceSeconds, $0.scheduler.requestSeconds) = (0.5, 0.25, 10)
    }
    let run = try PricedRun([10, 10].map { ServedRequest(prompt: $0, output: 1) }, fleet)
    #expect(run.passes.map(\.end) == [2])
    let figures = ServingFigures(run.result)
    #expect(figures.ttft.mean == 12)
    #expect(figures.endToEnd.p99 == 12)
    #expect(figures.tpot.mean.isNaN)
  }

  @Test("the tower runs in the pass that admits a request, or before it on a device of its own")
  func tower() throws {
    let requests = [ServedRequest(prompt: 10, output: 2, tower: 3), ServedRequest(arrival: 1, prompt: 10, output: 1)]
    let loop = try PricedRun(requests, .one())
    #expect(loop.passes.map(\.end) == [4, 5])
    let own = try PricedRun(requests, .one { $0.tower = .own })
    // Request 1 goes by; request 0 leaves its tower at 3.
    #expect(own.passes.map(\.start) == [1, 3, 4])
    #expect(own.takes == [[[1, 10, 0]], [[0, 10, 0]], [[0, 1, 10]]])
  }

  @Test("drafts that are all accepted, or none")
  func speculation() throws {
    func run(_ acceptance: Double) throws -> PricedRun {
      try PricedRun(
        [ServedRequest(prompt: 10, output: 8)],
        .one { $0.speculation = .init(tokens: 3, acceptance: acceptance) }, .each(1), draft: .each(0.125))
    }
    // Three drafts and a token a pass: 1 + 4 + 3 tokens; the last pass needs 3, which are 2 drafts. Drafts take a pass of
    // the draft model for the fill, then one each.
    let all = try run(1)
    #expect(all.takes == [[[0, 10, 0]], [[0, 4, 10]], [[0, 3, 14]]])
    #expect(all.passes.map(\.end) == [1.125, 2.5, 3.75])
    // None: a token a pass, and fewer drafts towards the end.
    #expect(try run(0).takes.map { $0[0][1] } == [10, 4, 4, 4, 4, 3, 2, 1])
  }

  @Test("engines apart: blocks stay until keys and values are sent, and decoding follows elsewhere")
  func apart() throws {
    let fleet = FleetSettings.one(blocks: 4) {
      $0.apart = .init(prefill: 1, decode: 1, latency: 0.5, secondsPerToken: 0.05)
    }
    let run = try PricedRun(
      [ServedRequest(prompt: 30, output: 3), ServedRequest(prompt: 40, output: 1)], fleet)
    // Request 0 fills until 1 and is sent until 1 + 0.5 + 30 x 0.05 = 3; request 1 needs 3 of 4 blocks, of which 2 are held
    // until then.
    #expect(run.passes.map(\.engine) == [0, 0, 1, 1])
    #expect(run.passes.map(\.start) == [0, 3, 3, 4])
    #expect(run.takes == [[[0, 30, 0]], [[1, 40, 0]], [[0, 1, 30]], [[0, 1, 31]]])
    #expect(run.result.lasts == [5, 4])
  }

  @Test("routing by turns, or to whom has least")
  func routing() throws {
    let requests = [5, 1, 1].enumerated().map {
      ServedRequest(arrival: 1.5 * Double($0.offset), prompt: 10, output: $0.element)
    }
    func engines(_ routing: FleetSettings.Routing) throws -> [Int] {
      let run = try PricedRun(
        requests,
        .one {
          $0.replicas = 2
          $0.routing = routing
        })
      return (0..<3).map { number in run.passes.first { $0.takes.contains { $0.number == number } }?.engine ?? -1 }
    }
    // At 3 request 0 is still inside the first, request 1 has left the second.
    #expect(try engines(.roundRobin) == [0, 1, 0])
    #expect(try engines(.leastLoaded) == [0, 1, 1])
  }
}
