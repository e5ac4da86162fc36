public import Documents
internal import Architectures
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators

extension Study {
  /// The estimator of the setting that rows were asked of last: those that follow mostly have the same. For one thread.
  final class Memory {
    fileprivate var setting: [Int] = []
    fileprivate var estimator: Result<Estimator, Diagnostic>?
  }

  /// The rows of these numbers, in their order, or why they cannot be estimated.
  func rows(_ numbers: Range<Int>, _ memory: Memory) -> [Result<Row, Diagnostic>] {
    var rows: [Result<Row, Diagnostic>] = []
    var next = numbers.lowerBound
    while next < numbers.upperBound {
      let (subject, rest) = place(of: next, each: self.rows(of:))
      let width = subjects[subject].inputs.count
      let (block, input) = rest.quotientAndRemainder(dividingBy: width)
      let first = subjects[..<subject].reduce(0) { $0 + blocks(of: $1) }
      let inputs = input..<Swift.min(width, input + numbers.upperBound - next)
      rows += self.rows(subject, inputs, at: place(ofBlock: first + block), memory)
      next += inputs.count
    }
    return rows
  }

  /// Some rows of a block.
  private func rows(
    _ number: Int, _ inputs: Range<Int>, at place: Place, _ memory: Memory
  ) -> [Result<Row, Diagnostic>] {
    let subject = subjects[number]
    let serving = serving(at: place)
    let setting = [place.subject, place.device, place.precision, place.parallelism, place.engine]
    if memory.setting != setting || memory.estimator == nil {
      memory.setting = setting
      memory.estimator = Result { () throws(Diagnostic) in
        try Estimator(
          subject.model, on: devices[place.device], at: precisions(of: subject)[place.precision],
          accounting: accounting, parallelism: serving.parallelism, engine: engines[place.device][place.engine])
      }
    }
    var estimator: Estimator
    switch memory.estimator.take() {
    case .success(let known)?: estimator = known
    case .failure(let error)?:
      memory.estimator = .failure(error)
      return inputs.map { _ in .failure(error) }
    case nil: return []
    }
    defer { memory.estimator = .success(estimator) }
    let (text, batch) = (textTokens[place.text], batches[place.batch])
    func estimate(_ input: Int) -> Result<Estimate, Diagnostic> {
      do throws(Diagnostic) {
        return .success(
          try estimator.estimate(subject.inputs[input], textTokens: text, batch: batch, serving: serving))
      } catch {
        return .failure(error)
      }
    }
    let known = subject.baseline.map { ($0, estimate($0)) }
    let shared = known.flatMap { try? $0.1.get() }.map(Row.Shared.init)
    return inputs.map { input in
      if let known, known.0 == input { return known.1.map { Row($0, nil, isBaseline: subject.inputs.count > 1) } }
      return estimate(input).map { Row($0, shared) }
    }
  }

  /// All rows.
  ///
  /// - Throws: `Diagnostic` for the first that cannot be estimated.
  public func rows() throws(Diagnostic) -> [Row] {
    var rows: [Row] = []
    for row in self.rows(0..<count, Memory()) { rows.append(try row.get()) }
    return rows
  }
}
