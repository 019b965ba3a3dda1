// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built the same way; nothing opts out.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A library target of layer 1-4. `uses` may only name targets of lower layers; `Tests/TidyTests` checks it.
func library(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: strict)
}

func tests(_ name: String, uses: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: uses, resources: resources, swiftSettings: strict)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "yun",
    products: [
        .executable(name: "ypkg", targets: ["ypkg"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // C: system libraries and calls
        .systemLibrary(name: "CLibSodium"),
        .systemLibrary(name: "CLibZstd"),
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(
            name: "CWebKitGTK", pkgConfig: "webkit2gtk-4.1", providers: [.apt(["libwebkit2gtk-4.1-dev"])]),
        .target(name: "CLinux"),

        // 1: values, and one door per dangerous thing
        library("YunCore"),
        library("Platform", uses: ["CLinux", "YunCore"]),

        // 2: decisions over values
        library("WebHostContract", uses: ["YunCore"]),

        // 3: effects
        library("WebHost", uses: ["CWebKitGTK", "Platform", "WebHostContract", "YunCore"]),

        // 5: executables
        .executableTarget(name: "ypkg", dependencies: ["Platform", argumentParser], swiftSettings: strict),
        .executableTarget(name: "ywebhost", dependencies: ["WebHost"], swiftSettings: strict),

        tests(
            "WebHostTests",
            uses: ["CLinux", "CWebKitGTK", "Platform", "WebHost", "WebHostContract", "YunCore", "ywebhost"]),
    ]
)
