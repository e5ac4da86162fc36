internal import ArgumentParser
internal import RooflineKit

extension CompletionKind {
  /// The names of the catalog, the user's own folders included; read only when a shell asks.
  static func catalog(_ kind: Catalog.Kind) -> CompletionKind {
    .custom { _, _, _ in
      let catalog = (try? CatalogOptions().catalog()) ?? .standard
      return (try? catalog.names(kind)) ?? []
    }
  }
}
