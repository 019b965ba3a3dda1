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

func tests(_ name: String, uses: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: uses, exclude: exclude, swiftSettings: strict)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "yun",
    products: [
        .executable(name: "ypkg", targets: ["ypkg"]),
        .executable(name: "ycloud", targets: ["ycloud"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: system libraries and calls
        .target(name: "CLibCurl"),
        .systemLibrary(name: "CLibSodium"),
        .systemLibrary(name: "CLibZstd"),
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(
            name: "CWebKitGTK", pkgConfig: "webkit2gtk-4.1", providers: [.apt(["libwebkit2gtk-4.1-dev"])]),
        .systemLibrary(name: "CGTK", pkgConfig: "gtk+-3.0", providers: [.apt(["libgtk-3-dev"])]),
        .target(name: "CLinux"),
        // Static, so that it starts in a fraction of a millisecond; it has no Swift runtime.
        .executableTarget(
            name: "seed", dependencies: ["CLinux"], cSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles", "-Xlinker", "-s"])]),
        // Static too: it is the self-test of every sandbox, and takes no longer than a launch.
        .executableTarget(
            name: "walls", cSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles", "-Xlinker", "-s"])]),

        // 1: values, and one door per dangerous thing
        library("YunCore"),
        library("QRCode"),
        library("Platform", uses: ["CLinux", "YunCore"]),
        library("Archive", uses: ["CLibZstd", "YunCore"]),
        library("Signing", uses: ["CLibSodium", "YunCore", crypto]),

        // 2: formats and decisions
        library("Manifest", uses: ["YunCore"]),
        library("Bundle", uses: ["Archive", "Manifest", "Platform", "Signing", "YunCore"]),
        library("Trust", uses: ["Signing", "YunCore"]),
        library("Store", uses: ["CSQLite", "Platform", "Signing", "Trust", "YunCore"]),
        library("Sandbox", uses: ["CLinux", "Platform", "YunCore"]),
        library("Varlink", uses: ["Platform", "YunCore"]),
        library("PageManagerInterface", uses: ["Varlink"]),
        // Not `Network`: packages that ask canImport(Network) would take it for Apple's.
        library("AppNetwork", uses: ["CLibCurl", "CLinux", "Manifest", "Platform", "YunCore"]),
        library("PromptContract", uses: ["Lifecycle", "PageManagerInterface", "YunCore"]),
        library("WebHostContract", uses: ["YunCore"]),
        library("Lifecycle", uses: ["YunCore"]),
        library("CloudModel", uses: ["YunCore"]),
        library("WebDAV", uses: ["CloudModel", "YunCore"]),
        library("OAuth", uses: ["CloudModel", "Signing", "YunCore", crypto]),

        // 3: effects that put the parts together
        library(
            "Installer", uses: ["Bundle", "Manifest", "Platform", "Signing", "Store", "Trust", "YunCore"]),
        library(
            "Launcher",
            uses: [
                "CLinux", "Installer", "Manifest", "Platform", "Sandbox", "Signing", "Store",
                "WebHostContract",
                "YunCore",
            ]),
        library(
            "PageManager",
            uses: [
                "CLinux", "Installer", "Launcher", "Lifecycle", "Manifest", "AppNetwork",
                "PageManagerInterface", "Platform", "PromptContract", "Sandbox", "Signing", "Store",
                "Varlink", "WebHostContract", "YunCore",
            ]),
        library(
            "PageManagerClient",
            uses: ["Launcher", "PageManagerInterface", "Platform", "Store", "Varlink", "YunCore"]),
        library("GTKSignals", uses: ["CGTK"]),
        .target(
            name: "WebHost",
            dependencies: [
                "CLinux", "CWebKitGTK", "GTKSignals", "Platform", "Varlink", "WebHostContract", "YunCore",
            ],
            resources: [.embedInCode("bridge.js")], swiftSettings: strict),
        library(
            "Prompt",
            uses: ["CGTK", "GTKSignals", "Lifecycle", "Platform", "PromptContract", "Sandbox", "YunCore"]),

        // 3: the cloud; nothing of a phone imports any of it
        library("CloudDatabase", uses: ["CloudModel", "OAuth", "YunCore", grdb]),
        library("CloudObjects", uses: ["CloudModel", "Platform", "Signing", "YunCore", nioPosix]),
        library(
            "CloudService",
            uses: [
                "Archive", "CloudDatabase", "CloudModel", "CloudObjects", "OAuth", "Platform", "Signing",
                "YunCore", crypto,
            ]),
        library(
            "CloudMessages",
            uses: [
                "CLibCurl", "CloudDatabase", "CloudModel", "CloudObjects", "Platform", "Signing", "YunCore",
            ]),
        .target(
            name: "CloudPages", dependencies: ["CloudModel", mustache],
            resources: [.embedInCode("Templates"), .embedInCode("style.css")], swiftSettings: strict),
        library(
            "CloudServer",
            uses: [
                "CloudDatabase", "CloudMessages", "CloudModel", "CloudObjects", "CloudPages", "CloudService",
                "OAuth", "Platform", "QRCode", "Signing",
                "WebDAV",
                "YunCore",
                asn1, crypto, httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, logging, nioCore,
                serviceLifecycle,
                nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioSSL, unixSignals, x509,
            ]),

        // 4: one file for each subcommand
        library(
            "Commands",
            uses: [
                "Bundle", "Installer", "Launcher", "Lifecycle", "Manifest", "PageManagerClient",
                "PageManagerInterface", "Platform", "PromptContract", "QRCode", "Sandbox", "Signing", "Store",
                "Trust", "Varlink", "WebHostContract", "YunCore", argumentParser,
            ]),
        library(
            "CloudCommands",
            uses: [
                "CloudDatabase", "CloudMessages", "CloudModel", "CloudObjects", "CloudServer", "CloudService",
                "OAuth",
                "Platform",
                "YunCore",
                argumentParser, logging,
            ]),

        // 5: executables
        // ypkg has no shared library at all, which halves the time to its first line; the web host brings only Swift's.
        .executableTarget(
            name: "ypkg", dependencies: ["Commands"], exclude: ["discard-unwind-tables.ld"],
            swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-static-executable", "-use-ld=lld", "-Xlinker", "--gc-sections", "-Xlinker",
                        "--icf=all", "-Xlinker", "--no-eh-frame-hdr", "-Xlinker",
                        "\(Context.packageDirectory)/Sources/ypkg/discard-unwind-tables.ld",
                    ], .when(configuration: .release))
            ]),
        .executableTarget(
            name: "pagemanagerd",
            dependencies: ["Lifecycle", "PageManager", "Platform", "YunCore", argumentParser],
            swiftSettings: strict),
        .executableTarget(name: "ycloud", dependencies: ["CloudCommands"], swiftSettings: strict),
        .executableTarget(name: "ywebhost", dependencies: ["WebHost"], swiftSettings: strict),
        .executableTarget(name: "yprompt", dependencies: ["Prompt"], swiftSettings: strict),
        .executableTarget(
            name: "launch-bench",
            dependencies: [
                "CLinux", "Lifecycle", "PageManagerClient", "PageManagerInterface", "Platform", "Sandbox",
                "Varlink", "YunCore",
            ],
            path: "Benchmarks/launch", exclude: ["README.md", "noop.c"], swiftSettings: strict),
        .executableTarget(
            name: "network-bench", dependencies: ["Manifest", "AppNetwork", "Platform", "YunCore"],
            path: "Benchmarks/network", swiftSettings: strict),

        // For makers of apps: a package of its own, built here to be tested.
        .target(name: "CYun", path: "sdk/swift/Sources/CYun"),
        .target(name: "Yun", dependencies: ["CYun"], path: "sdk/swift/Sources/Yun", swiftSettings: strict),
        .executableTarget(
            name: "generate-sdk", dependencies: ["Platform", "Varlink", "YunCore"],
            path: "Scripts/generate-sdk", swiftSettings: strict),

        // Tests
        .target(
            name: "Support",
            dependencies: [
                "CLinux", "Bundle", "Installer", "Manifest", "Platform", "Signing", "Trust", "YunCore",
            ],
            path: "Tests/Support", swiftSettings: strict),
        tests("YunCoreTests", uses: ["Platform", "Support", "YunCore"]),
        .target(
            name: "DisplaySupport", dependencies: ["CLinux", "Platform", "YunCore"],
            path: "Tests/DisplaySupport", swiftSettings: strict),
        tests("LifecycleTests", uses: ["Lifecycle", "YunCore"]),
        tests("ArchiveTests", uses: ["Archive", "Support", "YunCore"]),
        tests("SigningTests", uses: ["Platform", "Signing", "Support", "YunCore"]),
        tests("ManifestTests", uses: ["Manifest", "Support", "YunCore"]),
        tests("BundleTests", uses: ["Bundle", "Installer", "Platform", "Signing", "Support", "YunCore"]),
        tests("TrustTests", uses: ["Signing", "Trust", "YunCore"]),
        tests(
            "AppNetworkTests",
            uses: ["CLinux", "Manifest", "AppNetwork", "Platform", "Support", "YunCore", "network-bench"],
            exclude: ["server.py"]),
        tests("StoreTests", uses: ["Platform", "Signing", "Store", "Support", "Trust", "YunCore"]),
        tests(
            "InstallerTests",
            uses: ["Bundle", "Installer", "Platform", "Signing", "Store", "Support", "Trust", "YunCore"]),
        tests("IntegrationTests", uses: ["CLinux", "DisplaySupport", "Platform", "Support", "YunCore"]),
        tests(
            "VectorTests",
            uses: ["Bundle", "Installer", "Manifest", "Platform", "Signing", "Support", "Trust", "YunCore"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Archive", "Bundle", "CYun", "Manifest", "AppNetwork", "Platform", "Signing", "Trust",
                "Varlink",
                "Yun", "YunCore",
            ],
            path: "Fuzz/Targets", swiftSettings: strict),
        tests(
            "FuzzTests",
            uses: [
                "Archive", "Bundle", "FuzzTargets", "Manifest", "Platform", "Signing", "Support", "Trust",
                "YunCore",
            ]),
        tests("QRCodeTests", uses: ["QRCode", "Support"]),
        tests("CloudModelTests", uses: ["CloudModel"]),
        tests("WebDAVTests", uses: ["CloudModel", "WebDAV"]),
        tests("OAuthTests", uses: ["CloudModel", "OAuth", "Signing", "YunCore"]),
        tests(
            "CloudDatabaseTests",
            uses: ["CloudDatabase", "CloudModel", "OAuth", "Platform", "Support", "YunCore"]),
        tests(
            "CloudMessagesTests",
            uses: ["CloudDatabase", "CloudMessages", "CloudModel", "Platform", "Support", "YunCore"],
            exclude: ["mail-server.py"]),
        tests("CloudPagesTests", uses: ["CloudPages", "CloudModel"]),
        tests("CloudObjectsTests", uses: ["CloudModel", "CloudObjects", "Support"]),
        tests(
            "CloudServiceTests",
            uses: [
                "CloudDatabase", "CloudModel", "CloudObjects", "CloudService", "OAuth", "Support", "YunCore",
            ]),
        tests(
            "CloudIntegrationTests", uses: ["Platform", "Support", "YunCore"],
            exclude: [
                "browser.py", "load.py", "verify.py", "cutting-proxy.py", "tus-upload.py", "oauth-client.py",
            ]),
        tests("TidyTests", uses: ["Platform", "Support", "YunCore"]),
        tests("VarlinkTests", uses: ["Platform", "Support", "Varlink", "YunCore"]),
        tests(
            "SDKTests",
            uses: [
                "PageManagerClient", "PageManagerInterface", "Platform", "Support", "Varlink", "Yun",
                "YunCore", "generate-sdk",
            ],
            exclude: ["client.c"]),
        tests("SandboxTests", uses: ["Sandbox", "Support", "YunCore", "CLinux", "Platform"]),
        tests(
            "PromptTests",
            uses: [
                "CGTK", "DisplaySupport", "Lifecycle", "Platform", "Prompt", "PromptContract", "Support",
                "YunCore", "yprompt",
            ]),
        tests(
            "WebHostTests",
            uses: [
                "CLinux", "CWebKitGTK", "DisplaySupport", "PageManagerInterface", "Platform", "Support",
                "Varlink", "WebHost", "WebHostContract", "YunCore", "ywebhost",
            ]),
    ]
)

// The fuzzer needs instrumented code and a linker of its own, so only `make fuzz` adds it to the package.
if Context.environment["YUN_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Main", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
