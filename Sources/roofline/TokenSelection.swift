internal import ArgumentParser
internal import RooflineKit

/// What `--tokens` says: all visual tokens, what methods leave of them, given numbers, or several of these.
struct TokenSelection {
  /// Given numbers, each once.
  private(set) var counts: [Int] = []
  /// Methods that stand for themselves, each once: PruMerge and PruMerge+.
  private(set) var reducers: [ChainArgument] = []
  /// Whether all tokens are asked for by name.
  private(set) var isFull = false

  /// Reads words and numbers with commas between them: `none`, `full`, `adaptive`, `adaptive+`, `64,144,1k`.
  init(_ argument: String) throws {
    for text in argument.split(separator: ",", omittingEmptySubsequences: false) {
      switch text.spelling {
      case "none": add(count: 0)
      case "full": isFull = true
      case "adaptive": add(.pruMerge)
      case "adaptive+": add(.pruMergePlus)
      default:
        guard let count = Int(counting: String(text)), (1...Workload.tokenLimit).contains(count) else {
          throw ValidationError(
            "expected none, full, adaptive, adaptive+, or numbers from 1 to \(Workload.tokenLimit) with commas between them, "
              + "found \"\(argument)\"")
        }
        add(count: count)
      }
    }
  }

  /// What several options ask for together; nil without any.
  init?(_ selections: [TokenSelection]) {
    guard let first = selections.first else { return nil }
    self = first
    for selection in selections.dropFirst() {
      selection.counts.forEach { add(count: $0) }
      selection.reducers.forEach { add($0) }
      isFull = isFull || selection.isFull
    }
  }

  private mutating func add(count: Int) {
    if !counts.contains(count) { counts.append(count) }
  }

  private mutating func add(_ reducer: ChainArgument) {
    if !reducers.contains(where: { $0.chain.name == reducer.chain.name }) { reducers.append(reducer) }
  }

  /// Whether `--reducer` may be given besides.
  var allowsReducers: Bool {
    counts.isEmpty && reducers.allSatisfy { $0.chain.name == ChainArgument.pruMerge.chain.name }
  }

  /// Whether numbers are all that is asked for.
  var isOfCounts: Bool { !isFull && reducers.isEmpty }
}
