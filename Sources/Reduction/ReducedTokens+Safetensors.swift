public import Documents
internal import Tensors

extension ReducedTokens {
  /// Writes `tokens` [count, width] as F32 and `kept` as I32 to a safetensors file.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  public func write(to path: String) throws(Diagnostic) {
    let tokens = Tensor(shape: [tokens.rows, tokens.columns], elements: tokens.elements)
    let kept = Tensor(shape: [kept.count], elements: kept.map { Int32(clamping: $0) })
    guard let tokens, let kept else { throw Diagnostic(file: path, "the tokens do not fill their shape") }
    try Safetensors.write(floats: ["tokens": tokens], integers: ["kept": kept], to: path)
  }
}
