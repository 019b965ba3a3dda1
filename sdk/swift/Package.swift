// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "yun-sdk",
    products: [.library(name: "Yun", targets: ["Yun"])],
    targets: [
        .target(name: "CYun"),
        .target(
            name: "Yun", dependencies: ["CYun"],
            swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety()]),
    ]
)
