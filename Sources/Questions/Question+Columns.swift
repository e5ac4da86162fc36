package import Documents

extension Question {
  /// The columns that programs are given: those chosen or all, with the rank and what papers print where reducers are
  /// ranked at a budget.
  ///
  /// - Throws: `Diagnostic` for a column that is not there.
  package func writtenColumns() throws(Diagnostic) -> [Column] {
    let chosen = try rows.chosenColumns()
    guard chosen.isEmpty else { return chosen }
    return budget == nil ? Column.all : [Column.rank] + Column.all + Column.paper
  }

  /// The columns that people see besides the usual ones: the rank at a budget, and what an order, a front or a condition
  /// names.
  ///
  /// - Throws: `Diagnostic` for a column that is not there.
  package func namedColumns() throws(Diagnostic) -> [Column] {
    (budget == nil ? [] : [Column.rank]) + (try rows.namedColumns())
  }
}
