// swift-tools-version: 6.2
import PackageDescription

// The fuzz targets: a package of their own, built with sanitizers. README.md says how to run them.
//
// What they check is in files of the ordinary tests, linked here, because those replay the corpus.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func covenant(_ name: String) -> Target.Dependency { .product(name: name, package: "covenant") }

func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzDriver"] + dependencies, swiftSettings: settings,
        linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))])
}

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "covenant", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "FuzzDriver", swiftSettings: settings),
        fuzzer("fuzz-cbor", [covenant("CBOR")]),
        fuzzer("fuzz-rpc", [covenant("RPCOverHTTP2"), covenant("RPC"), covenant("CBOR")]),
        fuzzer(
            "fuzz-http1",
            [covenant("PublicHTTP"), nio("NIOCore"), nio("NIOEmbedded"), nio("NIOHTTP1")]),
    ]
)
