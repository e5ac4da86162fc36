internal import ArgumentParser
internal import RooflineKit

/// A subcommand some of whose options may be given several times.
protocol AddingOptions: ParsableCommand {
  /// The names of the options that add up, with their dashes; of all others one value makes sense.
  static var lists: Set<String> { get }
}

extension EstimateCommand: AddingOptions { static let lists = QuestionOptions.lists }
extension SimulateCommand: AddingOptions { static let lists = QuestionOptions.lists.union(LoadOptions.lists) }
extension PlanCommand: AddingOptions {
  static let lists = QuestionOptions.lists.union(LoadOptions.lists).union(PlanOptions.lists)
}
extension OperatorsCommand: AddingOptions { static let lists = QuestionOptions.lists }
extension CompareCommand: AddingOptions { static let lists = QuestionOptions.lists }
extension ReduceCommand: AddingOptions { static let lists: Set<String> = ["--image", "--reducer"] }
extension EncodeCommand: AddingOptions { static let lists: Set<String> = ["--image"] }
extension AttentionCommand: AddingOptions { static let lists: Set<String> = ["--image"] }
extension ListCommand: AddingOptions { static let lists: Set<String> = ["--catalog"] }
extension ShowCommand: AddingOptions { static let lists: Set<String> = ["--catalog"] }
extension ValidateCommand: AddingOptions { static let lists: Set<String> = ["--catalog"] }

/// The arguments of a call, looked through before they are parsed.
struct CommandLineArguments {
  /// The arguments with the subcommand in front, where options such as `--catalog FOLDER` came before it.
  let arranged: [String]

  /// Options that take no value, and those that take several.
  private static let flags: Set<String> = [
    "--strict", "--fail-if-too-big", "--print-question", "--help", "-h", "--version",
  ]
  private static let several: Set<String> = ["--image"]
  /// Options of two names.
  private static let names = ["--hardware": "--gpu"]

  /// Looks through the arguments that follow the program's name.
  ///
  /// - Throws: `ValidationError` for a word where a subcommand is expected that is none, and for an option that is given
  ///   twice although only one value makes sense.
  init(_ arguments: [String]) throws {
    arranged = try Self.arranged(arguments)
    try checkRepetitions()
  }

  /// The name that an argument gives to an option, without a value behind `=`; nil for what is no option.
  private static func option(_ argument: String) -> String? {
    guard argument.hasPrefix("--"), argument.count > 2 else { return nil }
    let name = String(argument.prefix { $0 != "=" })
    return names[name] ?? name
  }

  private static func arranged(_ arguments: [String]) throws -> [String] {
    let commands = RooflineCommand.names
    var index = 0
    while index < arguments.count, arguments[index].hasPrefix("-") {
      let argument = arguments[index]
      if ["-h", "--help", "--version", "--"].contains(argument) || argument.hasPrefix("---") { return arguments }
      index += 1
      guard let name = option(argument), !argument.contains("="), !flags.contains(name) else { continue }
      // What follows an option is its value, unless it is an option itself.
      func hasValue() -> Bool { index < arguments.count && !arguments[index].hasPrefix("-") }
      if several.contains(name) {
        while hasValue(), !commands.contains(arguments[index]) { index += 1 }
      } else if hasValue() {
        index += 1
      }
    }
    guard index < arguments.count else { return arguments }
    let word = arguments[index]
    if word == "help" { try checkHelp(arguments[(index + 1)...]) }
    if commands.contains(word) { return [word] + arguments[..<index] + arguments[(index + 1)...] }
    guard !word.isEmpty, index == 0 || !nearest(to: word, among: commands).isEmpty else { return arguments }
    throw unknownCommand(word)
  }

  private static func unknownCommand(_ word: String) -> ValidationError {
    let commands = RooflineCommand.names
    let near = nearest(to: word, among: commands).first.map { "did you mean \"\($0)\"?" }
    return ValidationError("no subcommand \"\(word)\"; \(near ?? "there are \(commands.joined(separator: ", "))")")
  }

  /// - Throws: `ValidationError` unless what help is asked for is a subcommand.
  private static func checkHelp(_ words: ArraySlice<String>) throws {
    for word in words where !word.hasPrefix("-") && !RooflineCommand.names.contains(word) { throw unknownCommand(word) }
  }

  /// What to say of the first option that the subcommand does not have, with the nearest one that it has; nil if it has
  /// all of them. For calls that are wrong: it looks through the help.
  var unknownOption: String? {
    guard let command = RooflineCommand.subcommand(arranged.first) else { return nil }
    let lines = RooflineCommand.helpMessage(for: command, includeHidden: true, columns: 10_000).split(separator: "\n")
    let known = lines.filter { $0.hasPrefix("  -") }.flatMap { line in
      line.split(separator: " ").prefix { $0.hasPrefix("-") }.map { String($0.prefix { $0 != "," }) }
    }
    for argument in arranged {
      if argument == "--" { return nil }
      guard argument.hasPrefix("--") else { continue }
      let name = String(argument.prefix { $0 != "=" })
      guard !known.contains(name) else { continue }
      let hint = nearest(to: name, among: known).first.map { " Did you mean '\($0)'?" } ?? ""
      return "Unknown option '\(name)'.\(hint) See 'roofline help \(command._commandName)' for all."
    }
    return nil
  }

  private func checkRepetitions() throws {
    let command = RooflineCommand.subcommand(arranged.first)
    let lists = (command as? any AddingOptions.Type)?.lists ?? []
    var values: [String: String] = [:]
    for (index, argument) in arranged.enumerated() {
      if argument == "--" || argument == "-h" || argument == "--help" { return }
      guard let name = Self.option(argument), !Self.flags.contains(name), !lists.contains(name) else { continue }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? String(parts[1]) : index + 1 < arranged.count ? arranged[index + 1] : ""
      guard let other = values.updateValue(value, forKey: name) else { continue }
      throw ValidationError("\(name) is given twice, as \"\(other)\" and \"\(value)\"; it takes one value")
    }
  }
}
