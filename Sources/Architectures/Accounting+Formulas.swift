internal import Documents
internal import Operators
internal import Quantities

extension Accounting {
  /// The formula of FastV (arXiv:2403.06764, equation 5): 4 n d^2 + 2 n^2 d + 2 n d m a layer.
  ///
  /// n tokens, width d, feed-forward m. It counts multiply-adds once, a feed-forward block without its gate, neither
  /// embedding nor head, and no traffic; papers call the result FLOPs.
  public static let fastV = formula("fastv", feedForwardMatrices: 2)

  /// The formula of SparseVLM (github.com/Gumpest/SparseVLMs, commit 26a5f48, modelling_sparse_llama.py, line 219):
  /// 4 n d^2 + 2 n^2 d + 3 n d m a layer, that of FastV with the gate.
  public static let sparseVLM = formula("sparsevlm", feedForwardMatrices: 3)

  private static func formula(_ name: String, feedForwardMatrices: Double) -> Accounting {
    Accounting(
      name: name, kernels: nil, precisionNames: Precision.all.map(\.name),
      precision: { name in Precision.all.first { $0.name == name.spelling } },
      check: { (model, workload) throws(Diagnostic) in
        guard let language = model.language else {
          throw Diagnostic("\(name) accounting knows language models only; \(model.name) has none")
        }
        guard language.isPlain else {
          throw Diagnostic("the formula of \(name) knows plain layers only, not those of \(model.name)")
        }
      },
      pass: { language, pass, list in
        language.appendFormula(pass, feedForwardMatrices: feedForwardMatrices, to: &list)
      },
      footprint: exact().footprint,
      scope: "the language model alone",
      caveat: "\(name) counts a multiply-add once and no traffic: its times are no bound")
  }

  /// All sets of counting rules; `kernels` is for the exact one.
  public static func all(kernels: Accounting.Kernels = .fused) -> [Accounting] {
    [.exact(kernels: kernels), .llmViewer, .fastV, .sparseVLM]
  }
}

extension LanguageModel {
  /// The terms of the formula as operators that move nothing.
  // swift-format-ignore
  fileprivate func appendFormula(_ pass: Pass, feedForwardMatrices: Double, to list: inout OperatorList) {
    let width = Double(block.width)
    let inner = Double(block.feedForward)
    for stretch in pass.stretches(layers: layers) {
      list.repeats = stretch.layers
      for group in stretch.groups {
        let batch = Double(group.sequences)
        let tokens = Double(group.newTokens)
        list.add(Operator("projections",  flops: batch * 4 * tokens * width * width, arithmetic: .quantizedProduct))
        list.add(Operator("attention",    flops: batch * 2 * tokens * tokens * width))
        list.add(Operator("feed_forward", flops: batch * feedForwardMatrices * tokens * width * inner, arithmetic: .quantizedProduct))
      }
    }
    list.repeats = 1
  }
}
