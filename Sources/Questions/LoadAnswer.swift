package import Documents
package import Serving

/// The simulations of a question, run one after the other: the rows that are wanted, in the wanted order.
package struct LoadAnswer: Sendable {
  /// The rows; all that there are, in the order of the question, where somebody stopped it.
  package let rows: [RowFigures]
  /// What was left out, one sentence each.
  package let omissions: [String]
  /// What happened in the first simulation that ran.
  package let first: SimulationResult?
  /// Whether somebody stopped it.
  package let isInterrupted: Bool

  /// Runs the simulations. Of several those that cannot be run are left out.
  ///
  /// - Parameters:
  ///   - isStopped: is asked between simulations; true ends them.
  ///   - watch: who watches the simulation of a number.
  /// - Throws: `Diagnostic` if none can be run, or no row is wanted.
  package init(
    _ study: LoadStudy, _ wanted: RowSelection, isStopped: () -> Bool, watch: (Int) -> Simulation.Watch
  ) throws(Diagnostic) {
    var (rows, failures): ([RowFigures], [Diagnostic]) = ([], [])
    for index in 0..<study.count where !isStopped() {
      do throws(Diagnostic) {
        rows.append(RowFigures(try study.row(index, watch(index))))
      } catch {
        guard study.count > 1 else { throw error }
        if !failures.contains(error) { failures.append(error) }
      }
    }
    if rows.isEmpty, let first = failures.first { throw first }
    isInterrupted = isStopped()
    first = rows.first?.load?.result
    omissions = (study.omissions + failures.map(\.message)).map { "left out: \($0)" }
    self.rows = isInterrupted ? rows : try wanted.choose(rows)
  }
}
