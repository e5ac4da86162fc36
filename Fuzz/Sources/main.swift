// Feeds one fuzz target: fuzz --target=NAME, then libFuzzer's own options, corpus folders or files. `--list` names the
// targets and the most bytes that each takes.

import CFuzzer

if CommandLine.arguments.contains("--list") {
  for target in FuzzTarget.all { print(target.name, target.longest) }
} else if FuzzTarget.chosen == nil {
  print("expected --target= and one of \(FuzzTarget.all.map(\.name).joined(separator: ", ")), or --list")
} else {
  var (count, texts) = (CommandLine.argc, Optional(CommandLine.unsafeArgv))
  _ = LLVMFuzzerRunDriver(&count, &texts) { FuzzTarget.run($0, $1) }
}
