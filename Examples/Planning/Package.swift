// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Planning",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "roofline", path: "../..")],
  targets: [
    .executableTarget(name: "planning", dependencies: [.product(name: "RooflineCore", package: "roofline")]),
    .executableTarget(name: "FourCalls", dependencies: [.product(name: "RooflineKit", package: "roofline")]),
    .executableTarget(name: "MixedPass", dependencies: [.product(name: "RooflineCore", package: "roofline")]),
  ]
)
