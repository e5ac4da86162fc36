internal import FlyingSocks
internal import RooflineKit
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Listens and gives every connection a thread of its own.
final class Server: Sendable {
  private let socket: Socket
  private let routes: Routes
  private let state = Mutex(State())

  /// What its threads share.
  private struct State {
    var connections = 0
    var isStopping = false
  }

  /// The port that it listens at.
  let port: Int

  /// Listens at an address.
  ///
  /// - Throws: `Diagnostic` if it is not to be had.
  init(host: String, port: Int, routes makeRoutes: (_ port: Int) -> Routes) throws(Diagnostic) {
    do {
      let number = UInt16(port)
      if host.contains(":") {
        socket = try Self.listening(at: sockaddr_in6.inet6(ip6: host, port: number))
      } else {
        socket = try Self.listening(at: sockaddr_in.inet(ip4: host == "localhost" ? "127.0.0.1" : host, port: number))
      }
      switch try socket.sockname() {
      case .ip4(_, let port), .ip6(_, let port): self.port = Int(port)
      case .unix: self.port = port
      }
    } catch {
      throw Diagnostic(
        "cannot listen at \(host), port \(port): \(Self.words(error)); give another --port or --host")
    }
    routes = makeRoutes(self.port)
  }

  private static func words(_ error: any Error) -> String {
    if case SocketError.failed(_, let code, _)? = error as? SocketError { return String(cString: strerror(code)) }
    return "\(error)"
  }

  private static func listening(at address: some SocketAddress) throws -> Socket {
    let socket = try Socket(domain: Int32(address.family))
    try socket.setValue(true, for: .localAddressReuse)
    try socket.bind(to: address)
    try socket.listen()
    try socket.setFlags(.nonBlocking)
    return socket
  }

  /// Takes connections until the server is told to stop.
  func run() {
    while !state.withLock({ $0.isStopping }) {
      var request = pollfd(fd: socket.file.rawValue, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, 100) > 0, let (file, _) = try? socket.accept() else { continue }
      let client = Socket(file: file)
      try? client.setFlags(.nonBlocking)
      var isOn: Int32 = 1
      setsockopt(file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
      let wire = Wire(socket: client) { [self] in isStopping }
      let isWelcome = state.withLock { state in
        guard state.connections < Limits.connections else { return false }
        state.connections += 1
        return true
      }
      guard isWelcome else {
        try? Responder(wire).refuse(Refusal(.busy, "too many connections; come again in a moment"))
        wire.close(lingering: false)
        continue
      }
      let isRunning = startThread { [self] in
        var connection = Connection(wire, routes)
        connection.run()
        state.withLock { $0.connections -= 1 }
      }
      if !isRunning {
        state.withLock { $0.connections -= 1 }
        wire.close(lingering: false)
      }
    }
    try? socket.close()
  }

  /// Takes no further connections, and waits until those that are there are done, but not for long.
  func stop() {
    state.withLock { $0.isStopping = true }
    for _ in 0..<(20 * Limits.graceSeconds) where state.withLock({ $0.connections > 0 }) { usleep(50_000) }
  }

  /// Whether it is about to end.
  var isStopping: Bool { state.withLock { $0.isStopping } }
}

/// Runs `body` on a thread of its own.
///
/// - Returns: whether the system had one.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  let held = Unmanaged.passRetained(Body(body))
  #if canImport(Darwin)
    var thread: pthread_t?
    let failure = pthread_create(
      &thread, nil,
      {
        Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run(); return nil
      }, held.toOpaque())
    if failure == 0, let thread { pthread_detach(thread) }
  #else
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, held.toOpaque())
    if failure == 0 { pthread_detach(thread) }
  #endif
  if failure != 0 { held.release() }
  return failure == 0
}
