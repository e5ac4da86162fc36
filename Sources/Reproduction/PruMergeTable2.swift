internal import Architectures
package import Catalog
package import Documents
package import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// Table 2 of LLaVA-PruMerge computed anew and held against the paper, cell by cell.
///
/// The paper's figures come out when LLM-Viewer's conventions are applied to 700 and 70 tokens in total, not to the
/// 616 and 80 of its text. FLOPs of its INT4 rows are multiplied by 4/16, as if an INT4 operation were a quarter of one.
package struct PruMergeTable2: Sendable {
  /// The columns of the table, in the units of the paper.
  package enum Column: String, Sendable, CaseIterable {
    case flops = "flops_t"
    case prefill = "prefill_ms"
    case totalMemory = "total_memory_gb"
    case storingActivation = "storing_activation_gb"
  }

  /// A figure of the table and what it is compared with; all in the column's unit.
  package struct Cell: Sendable {
    /// The catalog name of the language model.
    package var backbone: String
    /// The precision, `int4` meaning W4A4KV4 in the paper's columns.
    package var precision: String
    /// `none` or `prumerge`.
    package var reducer: String
    /// Which figure of the row.
    package var column: Column
    /// The figure as the paper prints it.
    package var printed: String
    /// LLM-Viewer's conventions at 700 and 70 tokens.
    package var reproduced: Double
    /// The same conventions at the 616 and 80 tokens of the paper's text.
    package var statedWorkload: Double
    /// Exact accounting of that workload, INT4 being weight-only.
    package var exact: Double

    /// Decimals of the printed figure as it stands.
    package var places: Int { fraction.count }

    /// Decimals of the printed figure that mean something; zeros at its end fill the column and claim nothing.
    package var decimals: Int { fraction.count - fraction.reversed().prefix { $0 == "0" }.count }

    private var fraction: Substring {
      printed.firstIndex(of: ".").map { printed[printed.index(after: $0)...] } ?? ""
    }

    /// What the figure should read: the reproduced one, rounded to the printed precision.
    package var rounded: String { reproduced.fixed(decimals) }

    /// Whether paper and reproduction agree at the printed precision.
    package var agrees: Bool { Double(printed) == Double(rounded) }
  }

  /// The 32 cells, row by row.
  package let cells: [Cell]
  /// The eight rows under exact accounting at the stated workload.
  package let exactRows: [Estimate]

  /// Computes the table.
  ///
  /// - Throws: `Diagnostic` if the catalog's V100 or Vicuna models cannot be read.
  package init(catalog: Catalog = .standard) throws(Diagnostic) {
    let hardware = try catalog.hardware("v100")
    var cells: [Cell] = []
    var exactRows: [Estimate] = []
    for row in PaperTable2.rows {
      let model = try catalog.model(row.backbone)
      let isReduced = row.reducer != "none"
      func estimate(
        _ accounting: Accounting, visualTokens: Int, textTokens: Int
      ) throws(Diagnostic) -> Estimate {
        guard let precision = accounting.precision(row.precision) else {
          throw Diagnostic("\(accounting.name) accounting has no precision \(row.precision)")
        }
        return try Estimate(
          model, on: hardware, precision: precision, visualInput: .tokens(visualTokens), textTokens: textTokens,
          accounting: accounting)
      }
      let found = PaperTable2.foundTokens
      let stated = PaperTable2.statedVisualTokens
      let statedVisual = isReduced ? stated.reduced : stated.unreduced
      let foundTokens = isReduced ? found.reduced : found.unreduced
      let reproduced = try estimate(.llmViewer, visualTokens: foundTokens, textTokens: 0)
      let asStated = try estimate(.llmViewer, visualTokens: statedVisual, textTokens: PaperTable2.statedTextTokens)
      let exact = try estimate(.exact(), visualTokens: statedVisual, textTokens: PaperTable2.statedTextTokens)
      exactRows.append(exact)
      for column in Column.allCases {
        cells.append(
          Cell(
            backbone: row.backbone, precision: row.precision, reducer: row.reducer, column: column,
            printed: row[column], reproduced: column.value(of: reproduced, scalingFLOPs: true),
            statedWorkload: column.value(of: asStated, scalingFLOPs: true),
            exact: column.value(of: exact, scalingFLOPs: false)))
      }
    }
    self.cells = cells
    self.exactRows = exactRows
  }

  /// How many cells agree, of all or of one column.
  package func agreeing(in column: Column? = nil) -> Int {
    cells.count { $0.agrees && (column == nil || $0.column == column) }
  }
}

extension PruMergeTable2.Column {
  /// The column's figure of an estimate, in the column's unit.
  ///
  /// - Parameter scalingFLOPs: whether FLOPs count in proportion to the bits of a weight, as the paper's INT4 rows do.
  fileprivate func value(of estimate: Estimate, scalingFLOPs: Bool) -> Double {
    guard let stage = estimate.mainStage else { return 0 }
    switch self {
    case .flops:
      guard scalingFLOPs else { return stage.flops.value / 1e12 }
      return (stage.flops + stage.vectorFLOPs).value / 1e12 * (estimate.precision.weightBits / 16)
    case .prefill: return stage.seconds.value * 1e3
    case .totalMemory: return stage.traffic.total.value / 1e9
    case .storingActivation: return stage.traffic.activationsWritten.value / 1e9
    }
  }
}

extension PaperTable2.Row {
  /// The printed figure of a column.
  fileprivate subscript(column: PruMergeTable2.Column) -> String {
    switch column {
    case .flops: flops
    case .prefill: prefill
    case .totalMemory: totalMemory
    case .storingActivation: storingActivation
    }
  }
}
