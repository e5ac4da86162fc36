/// A request inside the fleet.
struct Job {
  var number = 0
  var arrival = 0.0
  var prompt = 0
  var output = 0
  var group = -1
  var tower = 0.0
  var visual = 0
  /// Tokens whose keys and values are in the pool.
  var computed = 0
  /// Tokens that were produced.
  var done = 0
  /// Blocks that it holds.
  var held = 0
  /// Blocks at its beginning whose content others may have too: the group's, or what hashes stand for.
  var sharedBlocks = 0
  /// Blocks from the first one that were given their content.
  var named = 0
  /// Draws about its drafts so far.
  var draws = 0
  var preemptions = 0
  /// When its first token was delivered.
  var first = 0.0
  /// Whether it comes with its keys and values from another engine.
  var isReceived = false
  /// Whether it has ended or is sent to another engine, and is still in the list of running requests.
  var hasLeft = false
  /// Whether its pictures have not passed the tower yet.
  var awaitsTower = false

  /// The tokens that it needs computed.
  var length: Int { prompt + done }

  /// Whether it has one token to compute that follows produced ones, if so many were computed.
  func decodes(after computed: Int) -> Bool { done > 0 && prompt + done - computed == 1 }

  /// Tokens that it takes of so many that are left.
  func take(after computed: Int, left: Int, drafts: Int) -> Int {
    let rest = prompt + done - computed
    guard drafts > 0, rest == 1, done > 0 else { return min(rest, left) }
    return min(min(1 + drafts, output - done), left)
  }
}

/// The requests inside, each in a slot that is used again.
struct Jobs {
  private(set) var all: [Job] = []
  /// What the prompts of each slot hold, where a trace says so.
  var hashes: [[Int]] = []
  /// The blocks of each slot, where blocks are told apart; those of a victim are the ones that it had.
  var blocks: [[Int32]] = []
  private var free: [Int32] = []

  /// The request of a slot.
  subscript(slot: Int) -> Job {
    _read { yield all[slot] }
    _modify { yield &all[slot] }
  }

  mutating func add(_ job: Job, hashes chain: [Int]) -> Int {
    guard let slot = free.popLast() else {
      all.append(job)
      hashes.append(chain)
      blocks.append([])
      return all.count - 1
    }
    all[Int(slot)] = job
    hashes[Int(slot)] = chain
    blocks[Int(slot)].removeAll(keepingCapacity: true)
    return Int(slot)
  }

  mutating func remove(_ slot: Int) { free.append(Int32(slot)) }
}

/// Slots one behind the other, to be taken from the front; victims come back to the front.
struct SlotQueue {
  private var ring: [Int32] = [Int32](repeating: 0, count: 16)
  private var start = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var first: Int? { count > 0 ? Int(ring[start]) : nil }

  mutating func append(_ slot: Int) {
    if count == ring.count { grow() }
    ring[(start + count) & (ring.count - 1)] = Int32(slot)
    count += 1
  }

  mutating func prepend(_ slot: Int) {
    if count == ring.count { grow() }
    start = (start + ring.count - 1) & (ring.count - 1)
    ring[start] = Int32(slot)
    count += 1
  }

  mutating func removeFirst() {
    start = (start + 1) & (ring.count - 1)
    count -= 1
  }

  private mutating func grow() {
    let ordered = (0..<count).map { ring[(start + $0) & (ring.count - 1)] }
    ring = ordered + [Int32](repeating: 0, count: ring.count)
    start = 0
  }
}
