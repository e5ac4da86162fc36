internal import Architectures
internal import Hardware
public import Operators
public import Quantities

/// What the steps of decoding cost on a device: one for every generated token, each over a longer cache.
///
/// The sums are exact: operators that do not see the cache count as often as there are steps, the others as sums of
/// arithmetic series (`AffineMaximum`). N steps cost what N estimates of one step each cost together, to the rounding
/// of `Double`, and any number of steps takes as long to estimate as two.
public struct DecodeEstimate: Sendable, Hashable {
  /// How many steps there are: tokens that are generated for every sequence.
  public let steps: Int
  /// The first step, operator by operator.
  public let first: StageEstimate
  /// The last step, whose cache is the longest.
  public private(set) var last: StageEstimate
  /// FLOPs of matrix products of all steps.
  public private(set) var flops = FLOPs.zero
  /// All other FLOPs of all steps.
  public private(set) var vectorFLOPs = FLOPs.zero
  /// Bytes that all steps move.
  public private(set) var traffic = Traffic.zero
  /// The ideal time of all operators that a resource bounds.
  public private(set) var secondsByBound: [Bound: Seconds] = [:]
  /// The expected time of all steps.
  public private(set) var expectedSeconds = Seconds.zero

  /// The ideal time of all steps.
  public var seconds: Seconds { Bound.allCases.map { secondsByBound[$0] ?? .zero }.sum() }
  /// The mean ideal time of a step.
  public var secondsPerToken: Seconds { seconds / Double(steps) }
  /// The mean expected time of a step.
  public var expectedSecondsPerToken: Seconds { expectedSeconds / Double(steps) }
  /// The resource that bounds most of the time.
  public var bound: Bound {
    Bound.allCases.reversed().max { secondsByBound[$0] ?? .zero < secondsByBound[$1] ?? .zero } ?? .memory
  }

  private let next: [Operator]
  private let hardware: Accelerator
  private let precision: Precision

  /// `steps` steps (at least 1), of which `operators` and `next` are the first two.
  init(steps: Int, _ operators: [Operator], next: [Operator], on hardware: Accelerator, at precision: Precision) {
    self.steps = max(1, steps)
    self.next = next
    self.hardware = hardware
    self.precision = precision
    let count = Double(self.steps)
    let model = ExpectedTime(on: hardware, launch: .graph)
    first = StageEstimate(.decode, operators.map { OperatorEstimate($0, at: precision, on: model) })
    last = first
    for index in first.operators.indices {
      let start = first.operators[index]
      guard let growing = start.operation.growingSteps else {
        add(start, to: start, steps: count)
        continue
      }
      let end = at(min(count, growing), index)
      add(start, to: end, steps: min(count, growing))
      if growing < count { add(end, to: end, steps: count - growing) }
      last.operators[index] = end
    }
  }

  /// One step, counted from 1, operator by operator.
  public func step(_ number: Int) -> StageEstimate {
    var stage = first
    for index in first.operators.indices {
      guard let growing = first.operators[index].operation.growingSteps else { continue }
      stage.operators[index] = at(min(Double(min(max(1, number), steps)), growing), index)
    }
    return stage
  }

  /// A growing operator in a step, counted from 1.
  private func at(_ number: Double, _ index: Int) -> OperatorEstimate {
    let operation = first.operators[index].operation.advanced(by: number - 1, toward: next[index])
    return OperatorEstimate(operation, at: precision, on: ExpectedTime(on: hardware, launch: .graph))
  }

  /// Adds so many steps of an operator, which grows evenly from one cost to another.
  private mutating func add(_ start: OperatorEstimate, to end: OperatorEstimate, steps: Double) {
    let occurrences = start.repeatCount
    let half = steps * occurrences / 2
    flops += (start.cost.flops + end.cost.flops) * half
    vectorFLOPs += (start.cost.vectorFLOPs + end.cost.vectorFLOPs) * half
    traffic += (start.cost.traffic + end.cost.traffic) * half
    let ideal = AffineMaximum(first: start.time.terms, last: end.time.terms, count: steps).shares()
    for (bound, seconds) in zip(Bound.allCases, ideal) {
      secondsByBound[bound, default: .zero] += Seconds(seconds * occurrences)
    }
    let expected = AffineMaximum(first: start.expectedTerms, last: end.expectedTerms, count: steps).shares()
    expectedSeconds += Seconds(expected.reduce(0, +) * occurrences)
  }
}

extension Operator {
  /// In how many steps of decoding the operator grows: until a window is full, or always. Nil if it never does.
  fileprivate var growingSteps: Double? {
    guard case .overCache(let shape) = kernel else { return nil }
    return 1 + max(0, (shape.window ?? .infinity) - shape.context - 1)
  }
}

extension OperatorTime {
  /// The times of the resources, in the order of `Bound.allCases`.
  var terms: [Double] { Bound.allCases.map { self[$0].value } }
}

extension OperatorEstimate {
  /// The terms of which the longest is the expected time.
  var expectedTerms: [Double] {
    (time.terms + (cacheBounds.isEmpty ? [kernel.value] : cacheBounds.map(\.value))).map { $0 + gap.value }
  }
}
