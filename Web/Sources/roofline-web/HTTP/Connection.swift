internal import FlyingSocks

/// A connection: requests that are read and answered one after the other.
struct Connection {
  private let wire: Wire
  private let routes: Routes
  /// What came in and is not read yet.
  private var rest: [UInt8] = []

  init(_ wire: Wire, _ routes: Routes) { (self.wire, self.routes) = (wire, routes) }

  /// Answers until either side has enough.
  mutating func run() {
    var lingers = false
    do {
      while let head = try nextHead() {
        let responder = Responder(wire)
        do throws(Refusal) {
          var request = try Request(head: head)
          responder.keepsOpen = request.keepsOpen && !wire.isStopping()
          responder.isBare = request.method == "HEAD"
          let route = try routes.route(of: request)
          try readBody(of: &request, limit: route.limit)
          try route.answer(request, responder)
        } catch {
          // What is left of the request is not worth reading.
          responder.keepsOpen = false
          lingers = true
          try responder.refuse(error)
        }
        guard responder.keepsOpen else { break }
      }
    } catch let error as Refusal {
      let responder = Responder(wire)
      responder.keepsOpen = false
      try? responder.refuse(error)
      lingers = true
    } catch {
    }
    wire.close(lingering: lingers)
  }

  /// The next head, without the empty line; nil where none comes.
  private mutating func nextHead() throws -> [UInt8]? {
    let idle = ContinuousClock.now + .seconds(Limits.idleSeconds)
    while rest.isEmpty {
      guard let bytes = try wire.read(until: idle, isIdle: true), !bytes.isEmpty else { return nil }
      rest += bytes
    }
    let deadline = ContinuousClock.now + .seconds(Limits.headSeconds)
    var searched = 0
    while true {
      if let end = rest.endOfHead(from: searched) {
        guard end.lowerBound <= Limits.head else { break }
        defer { rest.removeFirst(end.upperBound) }
        return Array(rest[..<end.lowerBound])
      }
      searched = max(0, rest.count - 3)
      guard rest.count <= Limits.head else { break }
      guard let bytes = try wire.read(until: deadline) else {
        throw Refusal(.timeout, "the head of the request did not come within \(Limits.headSeconds) s")
      }
      guard !bytes.isEmpty else { return nil }
      rest += bytes
    }
    throw Refusal(.headTooLarge, "the head of the request has more than \(Limits.head) bytes")
  }

  /// Reads the body, of at most `limit` bytes.
  private mutating func readBody(of request: inout Request, limit: Int) throws(Refusal) {
    let length = request.length ?? 0
    guard length <= limit else {
      throw Refusal(.tooLarge, "the request has \(length) bytes; at most \(limit) are read here")
    }
    do {
      if request.fields["expect"]?.lowercased() == "100-continue", rest.count < length {
        try wire.write("HTTP/1.1 100 Continue\r\n\r\n".utf8)
      }
      let deadline = ContinuousClock.now + .seconds(Limits.bodySeconds)
      while rest.count < length {
        guard let bytes = try wire.read(until: deadline) else {
          throw Refusal(.timeout, "the body of the request did not come within \(Limits.bodySeconds) s")
        }
        guard !bytes.isEmpty else { throw Refusal(.badRequest, "the request ends before its body does") }
        rest += bytes
      }
    } catch let error as Refusal {
      throw error
    } catch {
      throw Refusal(.badRequest, "the connection broke")
    }
    request.body = Array(rest[..<length])
    rest.removeFirst(length)
  }
}

extension [UInt8] {
  /// The empty line behind a head.
  fileprivate func endOfHead(from start: Int) -> Range<Int>? {
    var place = start
    while place < count {
      guard self[place] == 0x0A else {
        place += 1
        continue
      }
      if place + 1 < count, self[place + 1] == 0x0A { return place..<(place + 2) }
      if place + 2 < count, self[place + 1] == 0x0D, self[place + 2] == 0x0A { return place..<(place + 3) }
      place += 1
    }
    return nil
  }
}
