internal import Traffic

/// The key-value pool of an engine, in blocks: counted or, where prefixes are shared, told apart by what they hold.
///
/// Free blocks keep their content until they are taken; the queue of them is a ring of links, so that a hit leaves it from
/// the middle.
struct BlockPool {
  /// Blocks without users.
  private(set) var free: Int
  private let sharesPrefixes: Bool
  private let blocksPerHash: Int
  private var users: [Int32] = []
  private var contents: [UInt64] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// The blocks of groups by their content.
  private var shared: [UInt64: Int32] = [:]

  private static let privateBit: UInt64 = 1 << 63
  private static let none = UInt64.max

  init(blocks: Int, blockTokens: Int, sharesPrefixes: Bool) {
    free = blocks
    blocksPerHash = max(1, ServedRequest.hashTokens / blockTokens)
    self.sharesPrefixes = sharesPrefixes
    guard sharesPrefixes else { return }
    users = [Int32](repeating: 0, count: blocks)
    contents = [UInt64](repeating: Self.none, count: blocks)
    // The last place is the ring's own.
    next = (0...Int32(blocks)).map { $0 == Int32(blocks) ? 0 : $0 + 1 }
    previous = (0...Int32(blocks)).map { $0 == 0 ? Int32(blocks) : $0 - 1 }
  }

  private var ring: Int { users.count }

  /// What a block of a request holds: a number of the group, of a hash, or of the request alone.
  private func content(_ job: Job, _ hashes: [Int], _ index: Int) -> UInt64 {
    guard index < job.sharedBlocks else { return Self.privateBit | UInt64(job.number) << 28 | UInt64(index) }
    guard !hashes.isEmpty else { return UInt64(job.group) << 28 | UInt64(index) }
    let (place, part) = index.quotientAndRemainder(dividingBy: blocksPerHash)
    return UInt64(hashes[place]) << 28 | UInt64(part)
  }

  /// Gives a request so many blocks more.
  mutating func get(_ count: Int, for slot: Int, _ jobs: inout Jobs) {
    jobs[slot].held += count
    guard sharesPrefixes else {
      free -= count
      return
    }
    for _ in 0..<count {
      let block = Int(next[ring])
      unlink(block)
      forget(block)
      users[block] = 1
      jobs.blocks[slot].append(Int32(block))
    }
  }

  /// Takes all blocks of a request back; what they hold can be read until they are taken.
  mutating func giveBack(_ slot: Int, _ jobs: inout Jobs) {
    let held = jobs[slot].held
    jobs[slot].held = 0
    guard sharesPrefixes else {
      free += held
      return
    }
    for index in stride(from: held - 1, through: 0, by: -1) {
      let block = Int(jobs.blocks[slot][index])
      users[block] -= 1
      if users[block] == 0 { link(block) }
    }
  }

  /// Blocks at the beginning of a request that hold what it needs, and how many of them are free.
  func hits(_ slot: Int, _ jobs: borrowing Jobs, blockTokens: Int) -> (count: Int, free: Int) {
    guard sharesPrefixes else { return (0, 0) }
    let job = jobs[slot]
    let limit = (job.length - 1) / blockTokens
    var (count, free) = (0, 0)
    while count < limit, let block = block(job, jobs.hashes[slot], count, jobs.blocks[slot]) {
      if users[block] == 0 { free += 1 }
      count += 1
    }
    return (count, free)
  }

  /// The block that holds block `index` of a request, if one does.
  private func block(_ job: Job, _ hashes: [Int], _ index: Int, _ before: [Int32]) -> Int? {
    if index < job.sharedBlocks { return shared[content(job, hashes, index)].map(Int.init) }
    guard index < before.count, contents[Int(before[index])] == content(job, hashes, index) else { return nil }
    return Int(before[index])
  }

  /// Makes a request the user of its first blocks that are hits; all others of its own that are still there are forgotten.
  mutating func use(_ hits: Int, of slot: Int, _ jobs: inout Jobs) {
    guard sharesPrefixes else { return }
    let job = jobs[slot]
    let (before, hashes) = (jobs.blocks[slot], jobs.hashes[slot])
    var list: [Int32] = []
    for index in 0..<hits {
      guard let block = block(job, hashes, index, before) else { break }
      if users[block] == 0 { unlink(block) }
      users[block] += 1
      list.append(Int32(block))
    }
    for index in before.indices where index >= hits {
      let block = Int(before[index])
      if contents[block] == content(job, hashes, index), index >= job.sharedBlocks { contents[block] = Self.none }
    }
    jobs.blocks[slot] = list
    jobs[slot].held = list.count
    jobs[slot].named = list.count
  }

  /// Gives blocks of a request their content, up to before block `end`.
  mutating func name(upTo end: Int, of slot: Int, _ jobs: inout Jobs) {
    guard sharesPrefixes, jobs[slot].named < end else { return }
    let job = jobs[slot]
    for index in job.named..<end {
      let block = Int(jobs.blocks[slot][index])
      let content = content(job, jobs.hashes[slot], index)
      if index < job.sharedBlocks {
        guard shared[content] == nil else { continue }
        shared[content] = Int32(block)
      }
      contents[block] = content
    }
    jobs[slot].named = end
  }

  private mutating func forget(_ block: Int) {
    let content = contents[block]
    guard content != Self.none else { return }
    if content & Self.privateBit == 0 { shared[content] = nil }
    contents[block] = Self.none
  }

  private mutating func link(_ block: Int) {
    let last = Int(previous[ring])
    next[last] = Int32(block)
    previous[block] = Int32(last)
    next[block] = Int32(ring)
    previous[ring] = Int32(block)
    free += 1
  }

  private mutating func unlink(_ block: Int) {
    let (before, after) = (Int(previous[block]), Int(next[block]))
    next[before] = Int32(after)
    previous[after] = Int32(before)
    free -= 1
  }
}
