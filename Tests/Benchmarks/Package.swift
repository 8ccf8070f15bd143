// swift-tools-version: 6.2
import PackageDescription

// The benchmark programs: a package of their own, which sees of the suite what strangers would.
// `bench.py` builds and runs them.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

func covenant(_ name: String) -> Target.Dependency { .product(name: name, package: "covenant") }

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "covenant", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "BenchmarkAPI", dependencies: [covenant("CBOR"), covenant("RPC")],
            swiftSettings: settings),
        .executableTarget(
            name: "echo-server",
            dependencies: [
                "BenchmarkAPI", covenant("Bootstrap"), covenant("RPC"), covenant("RPCOverHTTP2"),
                covenant("HTTP2"), nioCore, nioPosix, nioSSL, logging, metrics,
            ], swiftSettings: settings),
        .executableTarget(
            name: "echo-client",
            dependencies: [
                "BenchmarkAPI", covenant("RPC"), covenant("RPCOverHTTP2"), covenant("HTTP2"),
                deque, nioCore, nioPosix, nioSSL,
            ], swiftSettings: settings),
        .executableTarget(
            name: "cbor-codec",
            dependencies: [
                covenant("CBOR"), .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "echo-allocations",
            dependencies: [
                "BenchmarkAPI", covenant("Bootstrap"), covenant("CAllocationCounter"),
                covenant("RPC"), covenant("RPCOverHTTP2"), covenant("HTTP2"), nioCore, nioPosix,
                logging, metrics,
            ], swiftSettings: settings),
        .executableTarget(
            name: "store-commit", dependencies: [covenant("Storage")], swiftSettings: settings),
        .executableTarget(
            name: "post-each", dependencies: [covenant("HTTP2"), nioPosix],
            swiftSettings: settings),
        .executableTarget(
            name: "c-echo-server", linkerSettings: [.linkedLibrary("nghttp2")]),
    ]
)
