package import Architectures
package import Documents
internal import ReductionMethods

/// Any numbers of visual tokens in the language model's layers, whatever method leaves them.
package struct GivenSchedule: LanguageReducer, Equatable {
  private let changes: [TokenSchedule.Change]

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let pairs = try arguments.takePairs("layers and visual tokens from there on, as in schedule:2=288,16=144")
    changes = pairs.map { .init(fromLayer: $0.key, tokens: $0.value) }
  }

  /// The specification that makes this method again.
  package var name: String { "schedule:" + changes.map { "\($0.layer)=\($0.tokens)" }.joined(separator: ",") }

  /// What decides is not known: nothing is billed for it.
  package func raters(of textTokens: Int) -> Int { 0 }

  /// The given numbers from the given layers (counted from 0) on.
  ///
  /// - Throws: `Diagnostic` if a layer does not exist, or has more tokens than the one before.
  package func schedule(visualTokens: Int, layers: Int) throws(Diagnostic) -> TokenSchedule {
    var before = visualTokens
    for change in changes {
      guard change.layer < layers else {
        throw Diagnostic("\(name) has a layer \(change.layer); those of the language model are 0 to \(layers - 1)")
      }
      guard change.tokens <= before else {
        throw Diagnostic(
          "\(name) has \(change.tokens) tokens from layer \(change.layer) on; only \(before) are left there")
      }
      before = change.tokens
    }
    return TokenSchedule(initial: visualTokens, changes: changes)
  }
}

extension Reducers.Method {
  static let schedule = Self(
    name: "schedule", usage: "schedule:LAYER=TOKENS,...", example: "schedule:2=288,16=144",
    summary: "any numbers of visual tokens from given layers of the language model on", citation: nil,
    within: { _ in nil }
  ) { (arguments) throws(Diagnostic) in try GivenSchedule(&arguments) }
}
