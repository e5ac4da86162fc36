internal import RooflineKit

extension Question {
  /// Has the files that it names be inputs, also where the question alone is written and none of them is read.
  func protectFiles() {
    func texts(_ value: OutputValue) -> [String] {
      switch value {
      case .text(let text): [text]
      case .list(let values): values.flatMap(texts)
      default: []
      }
    }
    let names = record.fields.flatMap { texts($0.value) }
    InputFiles.add(names + names.map { "\($0)/config.json" })
  }
}
