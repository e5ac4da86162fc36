public import Documents
internal import Architectures
internal import Operators
internal import Quantities
internal import Traffic

extension Question {
  /// A part of a question by the name of its option: how texts, as people type them, are read and written.
  struct Key: Sendable {
    /// The option without its dashes.
    let name: String
    /// Whether its values are whole numbers and ranges of them, and not names that may look like numbers.
    var holdsNumbers = false
    /// The texts that make the part again; none where nothing is asked.
    let get: @Sendable (Question) -> [String]
    /// Takes all texts that are given for the part, in place of what it held.
    let set: @Sendable (inout Question, [String]) throws(Diagnostic) -> Void
  }

  /// All parts, in the order in which they are written.
  static let keys: [Key] =
    [
      names("model", \.models), names("gpu", \.devices), names("precision", \.precisions),
      names("kv-precision", \.cacheFormats),
      Key(name: "tokens", get: { $0.tokens.texts }) { question, texts throws(Diagnostic) in
        question.tokens = TokenSelection()
        for text in texts { question.tokens.append(try TokenSelection(text)) }
      },
      texts("reducer", \.reducers),
      text("budget", get: { $0.budget.map(String.init) }) { question, text throws(Diagnostic) in
        question.budget = try one(text, in: 1...Workload.tokenLimit, "--budget")
      },
      text("sample", get: \.sample) { $0.sample = $1 }, text("features", get: \.features) { $0.features = $1 },
      texts("image", \.images), text("encoder", get: \.encoder) { $0.encoder = $1 },
      text(
        "encoder-precision", get: { $0.encoderPrecision == .f32 ? nil : $0.encoderPrecision.rawValue }
      ) { question, text throws(Diagnostic) in question.encoderPrecision = try EncoderPrecision(named: text) },
      Key(
        name: "image-size", get: { $0.imageSizes.map(\.description) }
      ) { question, texts throws(Diagnostic) in
        question.imageSizes = []
        for text in try split(texts) {
          guard let size = Question.PictureSizes(text) else {
            throw Diagnostic(
              "expected --image-size in pixels as 640x480, of several pictures in a request as 640x480+1024x768, or any for "
                + "the model's own, with commas between those to try in turn; found \"\(text)\"")
          }
          if !question.imageSizes.contains(size) { question.imageSizes.append(size) }
        }
      },
      numbers("frames", \.frames, in: 1...1_048_576),
      numbers("max-pixels", \.maxPixels, in: 1...ImageSize.limit * ImageSize.limit),
      fractions("rank-ratio", \.rankRatios, in: ProductFactors.ratioRange),
      numbers("lora-rank", \.loraRanks, in: ProductFactors.rankRange),
      lengths("text-tokens", \.textTokens, \.load.textLengths, in: 0...Workload.tokenLimit),
      numbers("batch", \.batches, in: 1...Workload.batchLimit),
      lengths("generate", \.outputTokens, \.load.outputLengths, in: 1...Workload.positionLimit),
      numbers("context", \.contexts, in: 0...Workload.positionLimit),
      numbers("tensor-parallel", \.tensorParallel, in: 1...Parallelism.limit),
      numbers("pipeline-parallel", \.pipelineParallel, in: 1...Parallelism.limit),
      numbers("expert-parallel", \.expertParallel, in: 1...Parallelism.limit),
      names("engine", \.engines),
      fractions("memory-utilization", \.memoryUtilizations, in: 0.01...1),
      numbers("max-num-seqs", \.maxSequences, in: 1...Workload.batchLimit),
      numbers("max-num-batched-tokens", \.maxBatchTokens, in: 1...Workload.tokenLimit),
      text("accounting", get: \.accounting) { question, text throws(Diagnostic) in
        guard let rules = Accounting.all().first(where: { $0.name.spelling == text.spelling }) else {
          throw Diagnostic("unknown accounting \"\(text)\"; known are \(accountings)")
        }
        question.accounting = rules.name
      },
      text("kernels", get: { $0.kernels?.rawValue }) { question, text throws(Diagnostic) in
        guard let kernels = Accounting.Kernels(spelling: text) else {
          throw Diagnostic("expected --kernels fused or eager, found \"\(text)\"")
        }
        question.kernels = kernels
      },
      Key(name: "price-per-hour", get: { $0.prices.map(\.text) }) { question, texts throws(Diagnostic) in
        question.prices = []
        for text in texts { question.prices.append(try Question.DevicePrice(text)) }
      },
      text("where", get: { $0.rows.condition?.text }) { question, text throws(Diagnostic) in
        question.rows.condition = try Condition(text)
      },
      names("sort", \.rows.order),
      text("top", get: { $0.rows.top.map(String.init) }) { question, text throws(Diagnostic) in
        question.rows.top = try one(text, in: 1...RowSelection.limit, "--top")
      },
      names("pareto", \.rows.front), names("columns", \.rows.columns),
    ] + loadKeys + planKeys

  /// The names of all parts.
  public static var keyNames: [String] { keys.map(\.name) }

  /// Takes what is given for an option, by its name without dashes, in place of what the question held.
  ///
  /// - Throws: `Diagnostic` for an unknown option, or a text that is no value of it.
  public mutating func set(_ name: String, to texts: [String]) throws(Diagnostic) {
    guard let key = Self.keys.first(where: { $0.name == name }) else {
      let near = nearest(to: name, among: Self.keyNames).first
      let hint = near.map { "did you mean \"\($0)\"?" } ?? "there are \(Self.keyNames.joined(separator: ", "))"
      throw Diagnostic("a question has no \"\(name)\"; \(hint)")
    }
    if texts.contains("") { throw Diagnostic("expected a value of --\(name), found an empty text") }
    try key.set(&self, texts)
  }

  /// All that is asked, by option, as texts that `set` takes.
  var parts: [(key: Key, texts: [String])] {
    Self.keys.map { ($0, $0.get(self)) }.filter { !$0.1.isEmpty }
  }

  /// Texts, each of which is a list with commas, each item once.
  private static func names(_ name: String, _ path: any WritableKeyPath<Question, [String]> & Sendable) -> Key {
    Key(name: name, get: { $0[keyPath: path] }) { question, texts throws(Diagnostic) in
      question[keyPath: path] = try split(texts, name)
    }
  }

  /// Texts, each of which is one item, each once.
  private static func texts(_ name: String, _ path: any WritableKeyPath<Question, [String]> & Sendable) -> Key {
    Key(name: name, get: { $0[keyPath: path] }) { question, texts throws(Diagnostic) in
      question[keyPath: path] = texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
  }

  static func numbers(
    _ name: String, _ path: any WritableKeyPath<Question, NumberList> & Sendable, in limits: ClosedRange<Int>
  ) -> Key {
    Key(name: name, holdsNumbers: true, get: { $0[keyPath: path].texts }) { question, texts throws(Diagnostic) in
      question[keyPath: path] = []
      for text in texts { question[keyPath: path].append(try NumberList(text, in: limits, "--\(name)")) }
    }
  }

  /// Numbers with fractions and ranges of them, each once.
  static func fractions(
    _ name: String, _ path: any WritableKeyPath<Question, [Double]> & Sendable, in limits: ClosedRange<Double>
  ) -> Key {
    Key(name: name, get: { $0[keyPath: path].map(\.shortest) }) { question, texts throws(Diagnostic) in
      question[keyPath: path] = try [Double](listing: split(texts, name), in: limits, "--\(name)")
    }
  }

  /// Numbers and, of what each request draws, distributions, which begin with a letter.
  private static func lengths(
    _ name: String, _ path: any WritableKeyPath<Question, NumberList> & Sendable,
    _ drawn: any WritableKeyPath<Question, [LengthDistribution]> & Sendable, in limits: ClosedRange<Int>
  ) -> Key {
    Key(
      name: name, holdsNumbers: true, get: { $0[keyPath: path].texts + $0[keyPath: drawn].map(\.text) }
    ) { question, texts throws(Diagnostic) in
      question[keyPath: path] = []
      question[keyPath: drawn] = []
      for text in texts {
        if text.first?.isLetter == true {
          question[keyPath: drawn].append(try LengthDistribution(text, least: max(0, limits.lowerBound), "--\(name)"))
        } else {
          question[keyPath: path].append(try NumberList(text, in: limits, "--\(name)"))
        }
      }
    }
  }

  /// An option of one value.
  static func text(
    _ name: String, get: @escaping @Sendable (Question) -> String?,
    set: @escaping @Sendable (inout Question, String) throws(Diagnostic) -> Void
  ) -> Key {
    Key(name: name, get: { get($0).map { [$0] } ?? [] }) { question, texts throws(Diagnostic) in
      guard let text = texts.first, texts.count == 1 else {
        throw Diagnostic("--\(name) takes one value, found \(texts.joined(separator: ", "))")
      }
      try set(&question, text)
    }
  }

  static func one(_ text: String, in limits: ClosedRange<Int>, _ name: String) throws(Diagnostic) -> Int {
    guard let number = Int(counting: text), limits.contains(number) else {
      throw Diagnostic("expected \(name) from \(limits.lowerBound) to \(limits.upperBound), found \"\(text)\"")
    }
    return number
  }

  /// The items of texts with commas between them, each once.
  static func split(_ texts: [String], _ name: String = "image-size") throws(Diagnostic) -> [String] {
    var items: [String] = []
    for text in texts {
      for item in text.split(separator: ",", omittingEmptySubsequences: false).map({ $0.trimmingSpaces() }) {
        guard !item.isEmpty else {
          throw Diagnostic("expected values with commas between them after --\(name), found \"\(text)\"")
        }
        if !items.contains(item) { items.append(item) }
      }
    }
    return items
  }
}
