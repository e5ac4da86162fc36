extension VisualFeatures {
  /// The patches that are not `chosen`, in reading order.
  ///
  /// As many of the first ones are missing as patches are chosen more than once: the released code of PruMerge counts
  /// the chosen ones with repetition, sorts what remains behind them and cuts at that count.
  func patches(without chosen: [Int]) -> [Int] {
    let distinct = Set(chosen)
    return [Int]((0..<patches).filter { !distinct.contains($0) }.dropFirst(chosen.count - distinct.count))
  }
}
