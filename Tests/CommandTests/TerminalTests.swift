import Foundation
import Testing

@Suite("On a terminal")
struct TerminalTests {
  private static let call = ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576"]

  /// What the command writes to a terminal of so many columns, with plain line feeds.
  private func output(columns: UInt16, environment: [String: String] = [:]) throws -> String {
    var (near, far): (Int32, Int32) = (0, 0)
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    #expect(openpty(&near, &far, nil, nil, &size) == 0)
    let terminal = FileHandle(fileDescriptor: far, closeOnDealloc: true)
    let run = try Command.run(
      Self.call, environment: environment.merging(["TERM": "xterm"]) { a, _ in a }, output: terminal)
    #expect(run.code == 0 && run.error == "")
    // The whole output is short enough to wait in the terminal's buffer; once the far side is closed, the near one ends.
    try terminal.close()
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(near, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
    close(near)
    return String(decoding: text, as: UTF8.self).replacing("\r\n", with: "\n")
  }

  @Test("a wide terminal gets all columns, in colour")
  func wide() throws {
    let text = try output(columns: 300)
    #expect(text.hasPrefix("\u{1B}[1m"))
    let plain = text.replacing(#/\u{1B}\[[0-9]*m/#, with: "")
    #expect(plain == (try Command.run(Self.call).output))
  }

  @Test("a narrow one gets lines that fit, and hears of the columns that did not")
  func narrow() throws {
    let text = try output(columns: 40, environment: ["NO_COLOR": "1"])
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 40 })
    let notes = text.replacing("\n", with: " ")
    #expect(notes.contains("not shown here: ") && notes.contains("ideal TTFT") && notes.contains(" has all "))
    #expect(text.contains("fp16"))
  }

  @Test("no colour where it is not wanted", arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
  func noColor(environment: [String: String]) throws {
    #expect(!(try output(columns: 120, environment: environment)).contains("\u{1B}"))
  }

  @Test("an empty NO_COLOR counts as none, as no-color.org says")
  func emptyNoColor() throws {
    #expect(try output(columns: 120, environment: ["NO_COLOR": ""]).contains("\u{1B}[1m"))
  }
}
