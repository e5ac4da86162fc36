extension ServingEngine {
  /// Running requests first, then waiting ones, unless a victim was made.
  mutating func planMixed(_ jobs: inout Jobs) {
    let victims = pass.victims.count
    pass.restart(budget: settings.budget)
    takeRunning(.all, &jobs)
    if pass.victims.count == victims { admit(&jobs) }
  }
}
