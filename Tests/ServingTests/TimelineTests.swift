import Testing
import Traffic

@testable import Serving

@Suite("What a fleet did over time")
struct TimelineTests {
  @Test("is spread over intervals of an eighth of a second")
  func intervals() {
    var timeline = Timeline()
    timeline.start = 2
    // 0.2 s with 3 waiting, 4 running and half of the pool: an interval of 0.125 s, and 0.075 s of the next.
    timeline.fill(10)
    timeline.spend(0.2, waiting: 3, running: 4, used: 0.5)
    timeline.deliver(7)
    timeline.finish()
    let intervals = timeline.intervals
    #expect(intervals.count == 2 && timeline.width == 0.125 && timeline.start == 2)
    #expect(intervals[0].seconds == 0.125 && abs(intervals[1].seconds - 0.075) < 1e-12)
    #expect(intervals[0].waiting == 3 * 0.125 && intervals[0].running == 4 * 0.125)
    #expect(intervals[0].used == 0.5 * 0.125 && abs(intervals[1].used - 0.5 * 0.075) < 1e-12)
    #expect(intervals.map(\.filled) == [10, 0] && intervals.map(\.delivered) == [0, 7])
  }

  @Test("takes no more intervals however long it is, and loses nothing")
  func widens() {
    var timeline = Timeline()
    for _ in 0..<100_000 {
      timeline.fill(1)
      timeline.spend(0.3, waiting: 1, running: 2, used: 0.25)
      timeline.deliver(2)
    }
    timeline.finish()
    let sum = timeline.intervals.reduce(Timeline.Interval(), +)
    #expect(timeline.intervals.count <= 4096)
    #expect(abs(sum.seconds / 30_000 - 1) < 1e-9 && abs(sum.running / 60_000 - 1) < 1e-9)
    #expect(abs(sum.waiting / 30_000 - 1) < 1e-9 && abs(sum.used / 7500 - 1) < 1e-9)
    #expect(sum.filled == 100_000 && sum.delivered == 200_000)
    #expect(timeline.intervals.dropLast().allSatisfy { abs($0.seconds / timeline.width - 1) < 1e-9 })
  }

  @Test("a pause of years costs no more than a second")
  func pause() {
    var timeline = Timeline()
    timeline.spend(0.1, waiting: 0, running: 1, used: 0)
    timeline.spend(1e9, waiting: 0, running: 0, used: 0)
    timeline.spend(0.1, waiting: 0, running: 1, used: 0)
    timeline.finish()
    let sum = timeline.intervals.reduce(Timeline.Interval(), +)
    #expect(timeline.intervals.count <= 4096 && abs(sum.running - 0.2) < 1e-6)
  }
}

@Suite("Towers on devices of their own")
struct TowerTimeTests {
  @Test("work as long as their pictures take, whatever they wait")
  func seconds() throws {
    let requests = [
      ServedRequest(arrival: 0, prompt: 4, output: 2, visual: 2, tower: 0.5),
      ServedRequest(arrival: 0.1, prompt: 4, output: 2, visual: 2, tower: 0.25),
      ServedRequest(arrival: 0.2, prompt: 4, output: 2),
    ]
    let own = try PricedRun(requests, .one { $0.tower = .own })
    #expect(own.result.towerSeconds == 0.75)
    #expect(try PricedRun(requests, .one()).result.towerSeconds == 0)
  }
}
