// swift-tools-version: 6.1
import PackageDescription

// The page is a package of its own, so that users of the library resolve nothing that serves pages.
let package = Package(
  name: "roofline-web",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "roofline-web", targets: ["roofline-web"])],
  dependencies: [
    .package(name: "roofline", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .executableTarget(
      name: "roofline-web",
      dependencies: [
        .product(name: "RooflineKit", package: "roofline"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ],
      plugins: [.plugin(name: "EmbedCatalog", package: "roofline")])
  ]
)
