/// Which names the server answers to, and pages of which origin may ask it: those of the machine that it listens at. So no
/// page from elsewhere can ask it through a browser, not even under a name that it turned to this address.
struct HostCheck: Sendable {
  private let port: Int
  private let names: Set<String>
  /// Whether it listens at all addresses, so that any of them is its own.
  private let isOpen: Bool

  init(host: String, port: Int, names: [String]) {
    self.port = port
    isOpen = host == "0.0.0.0" || host == "::"
    self.names = Set(
      (["localhost", "127.0.0.1", "[::1]", host.contains(":") ? "[\(host)]" : host] + names).map { $0.lowercased() })
  }

  /// - Throws: `Refusal` for a request under another name, or from another page.
  func check(_ request: Request) throws(Refusal) {
    if let host = request.fields["host"], !isOwn(host) {
      throw Refusal(
        .forbidden, "\"\(host)\" is no name of this server; start roofline-web with --allow-host to add one")
    }
    if let origin = request.fields["origin"] {
      guard origin.hasPrefix("http://"), isOwn(String(origin.dropFirst(7))) else {
        throw Refusal(.forbidden, "pages of \(origin) may not ask this server")
      }
    }
    if let site = request.fields["sec-fetch-site"], site == "cross-site", request.method != "GET" {
      throw Refusal(.forbidden, "pages from elsewhere may not ask this server")
    }
  }

  private func isOwn(_ host: String) -> Bool {
    var name = host.lowercased()
    if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") {
      guard name[name.index(after: colon)...] == "\(port)" else { return false }
      name = String(name[..<colon])
    } else if port != 80 {
      return false
    }
    if names.contains(name) { return true }
    // An address cannot be turned to another machine, as a name can.
    let isAddress = name.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } || name.hasPrefix("[")
    return isOpen && isAddress
  }
}
