internal import ArgumentParser
internal import RooflineKit

/// What `--tokens` says.
enum TokenSelection {
  case full
  case adaptive(ChainArgument)
  case counts([Int])

  /// Reads `none`, `full`, `adaptive`, `adaptive+`, or numbers with commas between them, each of which counts once.
  init(_ argument: String) throws {
    switch argument {
    case "none": self = .counts([0])
    case "full": self = .full
    case "adaptive": self = .adaptive(.pruMerge)
    case "adaptive+": self = .adaptive(.pruMergePlus)
    default:
      var counts: [Int] = []
      for text in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let count = Int(text), (1...Workload.tokenLimit).contains(count) else {
          throw ValidationError(
            "expected none, full, adaptive, adaptive+, or numbers from 1 to \(Workload.tokenLimit) with commas between them, "
              + "found \"\(argument)\"")
        }
        if !counts.contains(count) { counts.append(count) }
      }
      self = .counts(counts)
    }
  }

  /// Whether `--reducer` may be given besides.
  var allowsReducers: Bool {
    switch self {
    case .full: true
    case .adaptive(let reducer): reducer.chain.name == ChainArgument.pruMerge.chain.name
    case .counts: false
    }
  }

  /// The reducer that the selection stands for.
  var reducer: ChainArgument? {
    if case .adaptive(let reducer) = self { return reducer }
    return nil
  }
}
