internal import FlyingSocks

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// One end of a connection, where nothing waits for ever.
struct Wire: Sendable {
  let socket: Socket
  /// Whether the server is about to end.
  let isStopping: @Sendable () -> Bool

  /// What came in, at most 64 KiB; empty at the end of the stream, nil where nothing came in time.
  ///
  /// - Parameter isIdle: whether a server that is about to end need not wait.
  /// - Throws: `Gone` if the connection broke.
  func read(until deadline: ContinuousClock.Instant, isIdle: Bool = false) throws(Gone) -> [UInt8]? {
    guard try wait(POLLIN, until: deadline, isIdle: isIdle) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket.file.rawValue, &buffer, buffer.count, 0)
    guard count >= 0 else { throw Gone() }
    return Array(buffer[..<count])
  }

  /// Writes all bytes; every part of them must be taken within `Limits.writeSeconds`, and all before `deadline`.
  ///
  /// - Throws: `Gone` if they are not taken.
  func write(_ bytes: some Collection<UInt8>, until deadline: ContinuousClock.Instant? = nil) throws(Gone) {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let patience = ContinuousClock.now + .seconds(Limits.writeSeconds)
      guard try wait(POLLOUT, until: min(patience, deadline ?? patience)) else { throw Gone() }
      let count = bytes[sent...].withUnsafeBytes { Self.send(socket.file.rawValue, $0) }
      guard count > 0 else {
        if errno == EAGAIN || errno == EINTR { continue }
        throw Gone()
      }
      sent += count
    }
  }

  /// Ends the connection so that a client which is still sending reads what it was told: what comes is thrown away for a
  /// while.
  func close(lingering: Bool) {
    if lingering {
      shutdown(socket.file.rawValue, Int32(SHUT_WR))
      let deadline = ContinuousClock.now + .seconds(2)
      while let bytes = try? read(until: deadline, isIdle: true), !bytes.isEmpty {}
    }
    try? socket.close()
  }

  /// Whether something can be read or written before the deadline.
  private func wait(_ event: some BinaryInteger, until deadline: ContinuousClock.Instant, isIdle: Bool = false)
    throws(Gone)
    -> Bool
  {
    while true {
      let left = deadline - .now
      guard left > .zero, !(isIdle && isStopping()) else { return false }
      var request = pollfd(fd: socket.file.rawValue, events: Int16(event), revents: 0)
      let milliseconds = min(
        200, 1 + left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
      let count = poll(&request, 1, Int32(milliseconds))
      if count > 0 { return true }
      guard count == 0 || errno == EINTR else { throw Gone() }
    }
  }

  private static func send(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.send(file, bytes.baseAddress, bytes.count, 0)
    #else
      Glibc.send(file, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
  }
}
