extension [Float] {
  /// The indices of the `count` largest numbers, largest first; of equal ones, the lower index first.
  func indicesOfLargest(_ count: Int) -> [Int] {
    let wanted = Swift.max(0, Swift.min(count, self.count))
    var keys = [Int32](repeating: 0, count: self.count)
    let found = [Int](unsafeUninitializedCapacity: wanted) { indices, initialized in
      if let start = indices.baseAddress {
        RowKernels.largest(wanted, of: self, times: nil, count: self.count, keys: &keys, into: start)
      }
      initialized = wanted
    }
    return found.sorted { self[$0] != self[$1] ? self[$0] > self[$1] : $0 < $1 }
  }
}
