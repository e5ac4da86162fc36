extension ServingEngine {
  /// Fills alone as long as there are any, else decodes alone; anew where victims were made and nothing was taken.
  mutating func planPrefillFirst(_ jobs: inout Jobs) {
    while true {
      let victims = pass.victims.count
      pass.restart(budget: settings.budget)
      takeRunning(.fills, &jobs)
      if pass.victims.count == victims { admit(&jobs) }
      if !pass.takes.isEmpty { return }
      if pass.victims.count > victims { continue }
      pass.restart(budget: settings.budget)
      takeRunning(.decodes, &jobs)
      if !pass.takes.isEmpty || pass.victims.count == victims { return }
    }
  }
}
