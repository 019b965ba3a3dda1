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
        .target(name: "CLinux"),
        // Static, so that it starts in a fraction of a millisecond; it has no Swift runtime.
        .executableTarget(
            name: "seed", dependencies: ["CLinux"], cSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles", "-Xlinker", "-s"])]),

        // 1: values, and one door per dangerous thing
        library("YunCore"),
        library("Platform", uses: ["CLinux", "YunCore"]),

        // 2: decisions over values, and the effects that carry them out
        library("Sandbox", uses: ["CLinux", "Platform", "YunCore"]),

        // 5: executables
        .executableTarget(
            name: "launch-bench", dependencies: ["Sandbox", "YunCore"], path: "Benchmarks/launch",
            exclude: ["noop.c"], swiftSettings: strict),
        .executableTarget(name: "ypkg", dependencies: ["Platform", argumentParser], swiftSettings: strict),

        // Tests
        tests("SandboxTests", uses: ["Sandbox", "YunCore", "CLinux", "Platform"]),
    ]
)
