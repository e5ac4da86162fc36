import PackagePlugin

/// Compiles the YAML files below the target's `hardware`, `models` and `engines` folders and the parts of its `page` into
/// the target, and the numbers of the JSON files below its `constants` folder.
@main
struct EmbedCatalogPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? any SourceModuleTarget else { return [] }
    let files = [".yaml", ".json", ".html", ".css", ".js"].flatMap { target.sourceFiles(withSuffix: $0) }.map(\.url)
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    let arguments = files.map { "\($0.deletingLastPathComponent().lastPathComponent)=\($0.path)" }
    return [
      .buildCommand(
        displayName: "Embedding the catalog", executable: try context.tool(named: "embed-catalog").url,
        arguments: [output.path] + arguments, inputFiles: files, outputFiles: [output])
    ]
  }
}
