public import Documents
internal import Tensors

extension ReducedTokens {
  /// Writes `tokens` [count, width] as F32 and `kept` as I32 to a safetensors file; `assignment` [patches] as I32 where
  /// there is one.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  public func write(to path: String) throws(Diagnostic) {
    let tokens = Tensor(shape: [tokens.rows, tokens.columns], elements: tokens.elements)
    guard let tokens else { throw Diagnostic(file: path, "the tokens do not fill their shape") }
    var integers: [String: Tensor<Int32>] = [:]
    for (name, list) in [("kept", kept), ("assignment", assignment)] {
      integers[name] = list.flatMap { Tensor(shape: [$0.count], elements: $0.map { Int32(clamping: $0) }) }
    }
    try Safetensors.write(floats: ["tokens": tokens], integers: integers, to: path)
  }
}
