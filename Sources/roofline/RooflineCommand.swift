internal import ArgumentParser
internal import RooflineKit

/// The command: one subcommand per file, options that several share in `Options*.swift`.
@main
struct RooflineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roofline",
    abstract: "How long a multimodal model takes on a machine, what bounds it, and what dropping visual tokens buys.",
    discussion: """
      roofline --model vicuna-7b --gpu v100 --tokens adaptive

      prints four rows: FP16 and INT4, with all 576 visual tokens and with those that PruMerge, really run, leaves. \
      Times are those that real kernels are expected to take; ideal ones are what the busiest resource of the device \
      needs for each operator. Options take lists and ranges (--gpu all, --batch 1..64*2); the rows are their product.
      """,
    version: "roofline \(JSONRenderer.version)",
    subcommands: [
      EstimateCommand.self, OperatorsCommand.self, CompareCommand.self, SimulateCommand.self, PlanCommand.self,
      ReduceCommand.self, EncodeCommand.self, AttentionCommand.self,
      ListCommand.self, ShowCommand.self, ReproduceCommand.self, ValidateCommand.self, CalibrateCommand.self,
    ],
    defaultSubcommand: EstimateCommand.self)

  /// Runs the command; an error in the data exits with 1, a wrong call with 64.
  static func main() {
    Console.prepare()
    Interrupts.prepare()
    FatalSignals.handle()
    InputFiles.protect()
    do {
      var called: (any ParsableCommand.Type)?
      do {
        var command = try parseAsRoot(CommandLineArguments(arguments).arranged)
        called = type(of: command)
        if let command = command as? any WritingCommand { try OutputName.checkAreDifferent(command.outputs) }
        try command.run()
      } catch let error where !(error is Diagnostic) {
        try end(with: error, of: called)
      }
    } catch {
      if let error = error as? Diagnostic { Console.fail(error) }
    }
  }

  /// The words behind the command's name, whose bytes need not be UTF-8; see `String.init(systemPath:)`.
  private static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0].map { String(systemPath: $0) } }
  }

  /// Ends the program with what the parser of the arguments has to say: help, or what is wrong with the call.
  ///
  /// - Parameter called: the subcommand that ran; nil of a call that nobody could read.
  /// - Throws: `Diagnostic` if help cannot be written.
  private static func end(with error: any Error, of called: (any ParsableCommand.Type)?) throws {
    let status = exitCode(for: error)
    var text = fullMessage(for: error, columns: nil)
    if let called, let error = error as? ValidationError {
      text = """
        Error: \(error.message)
        Usage: \(usageString(for: called))
          See 'roofline \(called._commandName) --help' for more information.
        """
    }
    if status.isSuccess {
      if !text.isEmpty { try Console.write("\(text)\n") }
    } else {
      let message = message(for: error)
      // What is missing may be there, but misspelt.
      let mayBeMisspelt = ["Missing expected", "Unknown option"].contains(where: message.hasPrefix)
      if mayBeMisspelt, let unknown = try? CommandLineArguments(arguments).unknownOption {
        Console.complain("Error: \(unknown)")
        exit(withError: status)
      }
      // The message quotes the call; what stands around it has lines of its own.
      let lines = (message.isEmpty ? text : text.replacing(message, with: message.shown())).split(
        separator: "\n", omittingEmptySubsequences: false)
      for line in lines where !text.isEmpty { Console.complain(String(line)) }
    }
    exit(withError: status)
  }
}

extension RooflineCommand {
  /// The names of all subcommands.
  static var names: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
  }

  /// The subcommand of a name, or the default one.
  static func subcommand(_ name: String?) -> (any ParsableCommand.Type)? {
    configuration.subcommands.first { $0.configuration.commandName == name } ?? configuration.defaultSubcommand
  }
}
