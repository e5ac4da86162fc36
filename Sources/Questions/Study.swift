public import Architectures
public import Engines
public import Estimation
public import Hardware
public import Operators
internal import Quantities

/// Estimates side by side: every combination of models, devices, precisions and lengths, each made when it is asked for.
///
/// The rows are the product of all lists: models outermost, then devices, precisions, the ways to spread the model,
/// engines, text, context, output, batch, and innermost what the model reads of an image. Rows that differ in that alone are a block.
public struct Study: Sendable {
  /// An estimate and what its visual input gains over all visual tokens.
  public struct Row: Sendable {
    /// The estimate.
    public let estimate: Estimate
    /// The same with all visual tokens; nil for that row, and where nobody asks for it.
    public var baseline: Estimate? { shared?.estimate }
    /// Whether it is the row that others are compared with.
    public let isBaseline: Bool
    private let shared: Shared?

    /// What all rows of a block are compared with.
    final class Shared: Sendable {
      let estimate: Estimate
      init(_ estimate: Estimate) { self.estimate = estimate }
    }

    /// A row of a study.
    public init(estimate: Estimate, baseline: Estimate?, isBaseline: Bool = false) {
      self.init(estimate, baseline.map(Shared.init), isBaseline: isBaseline)
    }

    init(_ estimate: Estimate, _ shared: Shared?, isBaseline: Bool = false) {
      (self.estimate, self.shared, self.isBaseline) = (estimate, shared, isBaseline)
    }

    /// How many times faster the prefill is at best than with all visual tokens.
    public var speedup: Double? { baseline.map { $0.prefillSeconds / estimate.prefillSeconds } }
    /// How many times faster all stages until the first token are at best.
    public var totalSpeedup: Double? { baseline.map { $0.totalSeconds / estimate.totalSeconds } }
    /// How many times sooner the first token really comes.
    public var expectedTotalSpeedup: Double? {
      baseline.map { $0.expectedTotalSeconds / estimate.expectedTotalSeconds }
    }
  }

  /// What is read, and by which model.
  public struct Subject: Sendable {
    /// The model, reading images of a certain size where that matters.
    public var model: MultimodalModel
    /// What to compare.
    public var inputs: [VisualInput]
    /// Which of them has all visual tokens, for the others to be compared with; nil where none has.
    public var baseline: Int?
    /// What could not be compared, and why, one sentence each.
    public var omissions: [String] = []
    /// The formats of this model's rows; nil for those of the study.
    public var precisions: [Precision]?

    /// A model and what it reads. The first input that nothing reduced is what reduced ones are compared with.
    public init(_ model: MultimodalModel, _ inputs: [VisualInput]) {
      self.model = model
      self.inputs = inputs
      if inputs.contains(where: { $0.reduction != nil }) { baseline = inputs.firstIndex { $0.reduction == nil } }
    }
  }

  /// Models, and what each reads.
  public var subjects: [Subject]
  /// Where they run.
  public let devices: [Accelerator]
  /// In which formats, unless a subject has its own.
  public let precisions: [Precision]
  /// Over how many devices models are spread.
  public let parallelisms: [Parallelism]
  /// The engines of every device, equally many of all: its place in the list of devices, then theirs.
  public let engines: [[Engine]]
  /// Text tokens of a sequence, tokens in the cache before, tokens to generate (0 for a prefill alone), and sequences.
  public let textTokens, contexts, outputTokens, batches: NumberList
  /// The counting rules.
  public let accounting: Accounting
  /// The price of an hour of a device by its name, and of all others.
  private let prices: [String: Double], price: Double?

  /// A study; what is not said is one value, as on the command line.
  public init(
    _ subjects: [Subject], on devices: [Accelerator], precisions: [Precision] = [.fp16, .int4],
    parallelisms: [Parallelism] = [Parallelism()], engines: [[Engine]]? = nil, textTokens: NumberList = 40,
    contexts: NumberList = 0, outputTokens: NumberList = 0, batches: NumberList = 1, accounting: Accounting = .exact(),
    pricePerHour: Double? = nil, prices: [String: Double] = [:]
  ) {
    self.subjects = subjects
    self.devices = devices
    self.precisions = precisions
    self.parallelisms = parallelisms
    self.engines = engines ?? devices.map { _ in [.none] }
    self.textTokens = textTokens
    self.contexts = contexts
    self.outputTokens = outputTokens
    self.batches = batches
    self.accounting = accounting
    self.price = pricePerHour
    self.prices = prices
  }

  /// The study of one model.
  public init(
    _ model: MultimodalModel, on devices: [Accelerator], precisions: [Precision] = [.fp16, .int4],
    visualInputs: [VisualInput],
    textTokens: NumberList = 40, outputTokens: NumberList = 0, batches: NumberList = 1,
    accounting: Accounting = .exact()
  ) {
    self.init(
      [Subject(model, visualInputs)], on: devices, precisions: precisions, textTokens: textTokens,
      outputTokens: outputTokens, batches: batches, accounting: accounting)
  }
}

extension Study {
  /// What could not be compared, and why, with the model where there are several.
  public var omissions: [String] {
    subjects.flatMap { subject in
      subject.omissions.map { subjects.count > 1 ? "\(subject.model.name): \($0)" : $0 }
    }
  }

  /// How many blocks there are: as many as an integer holds, or fewer.
  public var blocks: Int { subjects.reduce(0) { $0.clampedSum(blocks(of: $1)) } }

  /// How many rows there are: as many as an integer holds, or fewer.
  public var count: Int { subjects.reduce(0) { $0.clampedSum(rows(of: $1)) } }

  /// How many rows a subject has.
  func rows(of subject: Subject) -> Int { subject.inputs.count.clampedProduct(blocks(of: subject)) }

  /// The formats of a subject's rows.
  func precisions(of subject: Subject) -> [Precision] { subject.precisions ?? precisions }

  /// Rows of one model on one device at one precision, spread in one way, come one after the other: so many blocks.
  private var blocksPerSetting: Int {
    [contexts, outputTokens, batches].reduce(textTokens.count) { $0.clampedProduct($1.count) }
  }

  func blocks(of subject: Subject) -> Int {
    devices.count.clampedProduct(precisions(of: subject).count).clampedProduct(parallelisms.count)
      .clampedProduct(engines.first?.count ?? 1).clampedProduct(blocksPerSetting)
  }

  /// The subject that a number of something lies in, of which every subject has so many, and the number within it.
  func place(of number: Int, each count: (Subject) -> Int) -> (subject: Int, rest: Int) {
    var (subject, rest) = (0, number)
    while subject < subjects.count - 1, rest >= count(subjects[subject]) {
      rest -= count(subjects[subject])
      subject += 1
    }
    return (subject, rest)
  }

  /// The place of a block in all lists.
  struct Place {
    var subject, device, precision, parallelism, engine, text, context, output, batch: Int
  }

  func place(ofBlock block: Int) -> Place {
    var (subject, rest) = place(of: block, each: blocks(of:))
    func next(_ count: Int) -> Int {
      defer { rest /= count }
      return rest % count
    }
    // From the innermost list outwards.
    let batch = next(batches.count)
    let output = next(outputTokens.count)
    let context = next(contexts.count)
    let text = next(textTokens.count)
    let engine = next(engines.first?.count ?? 1)
    let parallelism = next(parallelisms.count)
    let precision = next(precisions(of: subjects[subject]).count)
    let device = next(devices.count)
    return Place(
      subject: subject, device: device, precision: precision, parallelism: parallelism, engine: engine, text: text,
      context: context, output: output, batch: batch)
  }

  /// What is asked besides the prompt at a place.
  func serving(at place: Place) -> Serving {
    Serving(
      context: contexts[place.context], outputTokens: outputTokens[place.output],
      pricePerHour: prices[devices[place.device].name] ?? price ?? devices[place.device].pricePerHour?.value.value,
      parallelism: parallelisms[place.parallelism])
  }
}

extension Int {
  /// The sum of two numbers that are not negative, or the largest integer.
  func clampedSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The product of two numbers that are not negative, or the largest integer.
  func clampedProduct(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
