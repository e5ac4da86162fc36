internal import ArgumentParser
internal import RooflineKit

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// `roofline-web`: a page to play with, and what it asks, as an API.
@main
struct RooflineWeb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roofline-web", abstract: "Serve a page that answers while sliders move, and its JSON API.",
    discussion: """
      Listens on this machine alone unless --host says otherwise, and reads no file that was not named here or sent to it.
      Ctrl-C ends it. /api/openapi.json describes the API.
      """, version: QuestionService.version)

  @Option(help: ArgumentHelp("The port; 0 for any that is free.", valueName: "n"))
  var port = 8080

  @Option(
    help: ArgumentHelp(
      "The address to listen at: 0.0.0.0 for all of the machine. Whoever reaches it may ask.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(
    name: .customLong("allow-host"), parsing: .singleValue,
    help: ArgumentHelp("A further name under which the server may be asked.", valueName: "name"))
  var names: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A model for the page besides the catalog's: a file, a folder, a name on the hub.", valueName: "name"))
  var model: [String] = []

  @Option(
    help: ArgumentHelp(
      "The vision tower that looks at pictures: a folder, or a name in the hub's cache. Without it reducers run on samples.",
      valueName: "name"))
  var encoder: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A folder with hardware/*.yaml, models/*.yaml and engines/*.yaml in front of the built-in ones. (env: ROOFLINE_CATALOG)",
      valueName: "folder"))
  var catalog: [String] = []

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("expected --port from 0 to 65535, found \(port)") }
  }

  func run() throws {
    do throws(Diagnostic) { try serve() } catch {
      say(error.explanation, to: STDERR_FILENO)
      throw ExitCode.failure
    }
  }

  private func serve() throws(Diagnostic) {
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    signal(SIGPIPE, SIG_IGN)
    var ending = sigset_t()
    sigemptyset(&ending)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&ending, number) }
    pthread_sigmask(SIG_BLOCK, &ending, nil)

    let listed = getenv("ROOFLINE_CATALOG").map { String(cString: $0) } ?? ""
    let folders = (catalog + listed.split(separator: ":").map(String.init)).map(Self.absolute)
    let service = try QuestionService(
      folders.isEmpty ? .standard : try Catalog(folders: folders), models: model.map { ($0, Self.existing($0)) },
      encoder: encoder.map(Self.existing))
    let folder = try PrivateFolder()
    defer {
      service.removeFiles()
      folder.remove()
    }
    let isStopping = Flag()
    let answers = Answers(service, Gate(processors)) { isStopping.isSet }
    let server = try Server(host: host, port: port) { port in
      Routes(HostCheck(host: host, port: port, names: names), answers)
    }
    guard startThread({ server.run() }) else { throw Diagnostic("the system has no thread to listen with") }
    say("roofline-web listens at http://\(host.contains(":") ? "[\(host)]" : host):\(server.port)/", to: STDOUT_FILENO)
    _ = startThread { _ = try? service.catalogList() }
    var number: Int32 = 0
    sigwait(&ending, &number)
    isStopping.set()
    server.stop()
  }

  private var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// A path that holds in whichever folder the server runs.
  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return "\(String(cString: folder))/\(path)"
  }

  /// Writes a line; nobody may be there to read it.
  private func say(_ line: String, to file: Int32) {
    var rest = Array("\(line)\n".utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// A file's path that holds in whichever folder the server runs; another name as it is.
  private static func existing(_ name: String) -> String { access(name, F_OK) == 0 ? absolute(name) : name }
}
