public import Documents

extension RowSelection {
  /// Those of some rows that are wanted, in the wanted order; of a few that are all there, as fleets are.
  ///
  /// - Throws: `Diagnostic` if none is wanted, or no row has a value to rank by.
  public func choose(_ rows: [RowFigures]) throws(Diagnostic) -> [RowFigures] {
    var chosen: [RowFigures] = []
    for (index, var row) in rows.enumerated() where condition?.holds(for: &row) ?? true {
      row.number = index
      chosen.append(row)
    }
    guard !chosen.isEmpty || rows.isEmpty else {
      throw Diagnostic(
        "no row of \(rows.count) keeps to \"\(condition?.text ?? "")\"; write a wider --where")
    }
    let (directions, goals) = (try directions(), try goals())
    guard !directions.isEmpty || !goals.isEmpty else { return top.map { Array(chosen.prefix($0)) } ?? chosen }
    var ranking = Ranking(order: directions, front: goals, top: top)
    let columns = ranking.columns
    for index in chosen.indices { ranking.add(Ranking.Entry(&chosen[index], columns)) }
    if let column = ranking.unknown { throw Diagnostic("no row has a value of \(column.key) to rank it by") }
    var all: [RowFigures] = []
    for (place, number) in ranking.numbers().enumerated() {
      var row = rows[number]
      (row.number, row.rank) = (number, place + 1)
      all.append(row)
    }
    return all
  }
}
