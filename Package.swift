// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

// The house has two wings. `shared` modules are written for strangers and know no service.
// `service` makes the four rooms of a service; imports point left only:
//
//     API says it  ◀  Domain decides it  ◀  Server does it  ◀  Main starts it
//
// The `calls:` lists are the architecture: a service sees of another service its API room only.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

typealias Dependencies = [Target.Dependency]

func shared(_ name: String, _ dependencies: Dependencies = []) -> [Target] {
    [
        .target(
            name: name, dependencies: dependencies, path: "Shared/\(name)",
            swiftSettings: settings)
    ]
}

func tests(
    _ name: String, _ dependencies: Dependencies, exclude: [String] = [], resources: [Resource] = []
) -> [Target] {
    [
        .testTarget(
            name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
            resources: resources, swiftSettings: settings)
    ]
}

func service(
    _ name: String, executable: String, calls peers: [String], server: Dependencies = []
) -> [Target] {
    let peerAPIs: Dependencies = peers.map { .target(name: "\($0)API") }
    let api: Target.Dependency = .target(name: "\(name)API")
    let domain: Target.Dependency = .target(name: "\(name)Domain")
    let vocabulary: Dependencies = ["RPC", "Identifiers", "ContractLifecycle"]
    let path = "Services/\(name)"
    return [
        .target(
            name: "\(name)API", dependencies: vocabulary, path: "\(path)/API",
            swiftSettings: settings),
        .target(
            name: "\(name)Domain", dependencies: [api, "Identifiers", "ContractLifecycle"],
            path: "\(path)/Domain", swiftSettings: settings),
        .target(
            name: "\(name)Server",
            dependencies: [
                api, domain, "Storage", "JSONAPI", "PublicHTTP", "HTTP2", "ContractParticipant",
            ] + vocabulary + peerAPIs + server,
            path: "\(path)/Server", swiftSettings: settings),
        .executableTarget(
            name: executable,
            dependencies: [.target(name: "\(name)Server"), "Bootstrap", logging],
            path: "\(path)/Main", swiftSettings: settings),
    ]
}

/// A service's own tests (domain, handlers, store) and its contract tests, which see it from outside.
func serviceTests(_ name: String, peers: [String], support: Dependencies = []) -> [Target] {
    let peerAPIs: Dependencies = peers.map { .target(name: "\($0)API") }
    let outside: Dependencies =
        [
            .target(name: "\(name)API"), "TestKit", "RPC", "RPCOverHTTP2", "HTTP2", "CBOR",
            "Identifiers", "ContractLifecycle", nioCore, nioPosix, logging,
        ] + peerAPIs
    let inside: Dependencies =
        [
            .target(name: "\(name)Domain"), .target(name: "\(name)Server"), "Storage", "JSONAPI",
            "PublicHTTP", "ContractParticipant",
        ] + support
    return tests("\(name)Tests", outside + inside)
        + tests("\(name)ContractTests", outside + inside)
}

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let metricsTestKit: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let inMemoryTracing: Target.Dependency = .product(
    name: "InMemoryTracing", package: "swift-distributed-tracing")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(
    name: "Configuration", package: "swift-configuration")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let grdb: Dependencies = ["GRDB", "GRDBSQLite"].map { .product(name: $0, package: "GRDB.swift") }
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

func syntax(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-syntax") }

let package = Package(
    name: "covenant",
    platforms: [.macOS(.v15)],
    products: [
        "Bootstrap", "CAllocationCounter", "CBOR", "HTTP2", "PublicHTTP", "RPC", "RPCOverHTTP2",
        "Storage",
    ].map { .library(name: $0, targets: [$0]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["JSON", "YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        [.systemLibrary(name: "CNghttp2", path: "Shared/CNghttp2", pkgConfig: "libnghttp2")],
        [
            .macro(
                name: "CBORMacros",
                dependencies: [
                    syntax("SwiftSyntax"), syntax("SwiftSyntaxBuilder"),
                    syntax("SwiftSyntaxMacros"), syntax("SwiftDiagnostics"),
                    syntax("SwiftCompilerPlugin"), syntax("SwiftParser"),
                ], path: "Shared/CBORMacros", swiftSettings: settings)
        ],
        shared("CBOR", ["CBORMacros"]), shared("Identifiers", ["CBOR"]),
        shared("RPC", ["CBOR", logging, metrics, tracing]),
        shared("HTTP2", ["CNghttp2", nioCore, nioPosix, nioSSL, deque]),
        shared(
            "RPCOverHTTP2",
            ["HTTP2", "RPC", "CBOR", nioCore, nioPosix, nioSSL, logging, metrics, crypto]),
        shared("JSONAPI", ["CBOR"]), shared("ChildProcesses"),
        shared(
            "PublicHTTP",
            [
                "HTTP2", "JSONAPI", "CBOR", "RPC", "Identifiers", nioCore, nioPosix, nioHTTP1,
                nioSSL, nioTLS, logging, metrics, crypto,
            ]),
        shared("Storage", ["CBOR", "RPC", logging, metrics, crypto] + grdb),
        shared("ContractLifecycle", ["RPC", "Identifiers"]),
        shared(
            "ContractParticipant",
            ["ContractLifecycle", "RPC", "Identifiers", "Storage", "CBOR", "JSONAPI", crypto]),
        shared(
            "Bootstrap",
            [
                "RPC", "RPCOverHTTP2", "PublicHTTP", "JSONAPI", "HTTP2", "Storage", lifecycle,
                unixSignals, configuration, yams, logging, metrics, nioCore, nioPosix, nioSSL,
            ]),
        shared(
            "TestKit",
            [
                "RPC", "RPCOverHTTP2", "HTTP2", "CBOR", "Storage", "Identifiers",
                "ContractLifecycle", "ContractParticipant", "JSONAPI", "ChildProcesses", nioCore,
            ]),
        service(
            "Identity", executable: "identity", calls: ["Contracts"],
            server: ["CBOR", crypto, cryptoExtras]),
        service(
            "Contracts", executable: "contracts",
            calls: ["Identity", "FlowRuntime", "DeletionOrchestrator"],
            server: [crypto, logging, "CBOR", "CCurl", "ChildProcesses"]),
        service(
            "FlowRuntime", executable: "flow-runtime", calls: ["Identity", "Contracts"],
            server: [crypto, "CWorkerProcess", logging]),
        service(
            "DeletionOrchestrator", executable: "deletion-orchestrator",
            calls: ["Identity", "Contracts", "FlowRuntime"], server: [crypto, logging, "CBOR"]),
        [
            .systemLibrary(name: "CCurl", path: "Services/Contracts/CCurl", pkgConfig: "libcurl"),
            .systemLibrary(name: "CJQ", path: "Services/FlowRuntime/CJQ"),
            .target(name: "CWorkerProcess", path: "Services/FlowRuntime/CWorkerProcess"),
            .executableTarget(
                name: "flow-worker",
                dependencies: [
                    "FlowRuntimeAPI", "FlowRuntimeDomain", "CJQ", "CWorkerProcess", "RPC",
                    "RPCOverHTTP2", "HTTP2", "JSONAPI", "Identifiers", nioCore, nioPosix, nioHTTP1,
                    httpClient,
                ],
                path: "Services/FlowRuntime/Worker", swiftSettings: settings),
            .target(
                name: "CommandLineDomain", dependencies: ["RPC", "CBOR", "JSONAPI", crypto],
                path: "Services/CommandLine/Domain", swiftSettings: settings),
            .executableTarget(
                name: "covenant",
                dependencies: [
                    "CommandLineDomain", "ChildProcesses", "RPC", "RPCOverHTTP2", "HTTP2", "CBOR",
                    "JSONAPI", argumentParser, crypto, unixSignals, nioCore, nioPosix,
                ],
                path: "Services/CommandLine/Main", swiftSettings: settings),
            .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
            .target(
                name: "AttackBench",
                dependencies: [
                    "HTTP2", "CNghttp2", "TestKit", "CAllocationCounter", nioCore, nioPosix,
                ], path: "Tests/AttackBench", swiftSettings: settings),
            .target(
                name: "ContractsFakes",
                dependencies: [
                    "ContractsServer", "ContractsDomain", "IdentityAPI", "FlowRuntimeAPI",
                    "DeletionOrchestratorAPI", "ContractLifecycle", "Identifiers", "RPC", "CBOR",
                ], path: "Tests/ContractsFakes", swiftSettings: settings),
        ],
        tests("IdentifiersTests", ["Identifiers", "CBOR"]),
        tests("ChildProcessesTests", ["ChildProcesses", "TestKit"]),
        tests(
            "CBORTests", ["CBOR", "TestKit"],
            resources: [
                .copy("Vectors"), .copy("Macro/Refused.swift.txt"),
                .copy("Macro/Written.swift.txt"), .copy("Macro/Written.expansion.txt"),
            ]),
        tests("RPCTests", ["RPC", "CBOR", "TestKit"]),
        tests(
            "HTTP2Tests",
            ["HTTP2", "AttackBench", "CNghttp2", "TestKit", nioCore, nioPosix, nioEmbedded, nioSSL]
        ),
        tests(
            "RPCOverHTTP2Tests",
            [
                "RPCOverHTTP2", "RPC", "HTTP2", "CBOR", "TestKit", "AttackBench",
                "CAllocationCounter", "CNghttp2", nioCore, nioPosix, nioSSL, logging,
            ]),
        tests(
            "ObservabilityTests",
            [
                "RPCOverHTTP2", "RPC", "HTTP2", "CBOR", "TestKit", nioPosix, logging, metrics,
                metricsTestKit, tracing, inMemoryTracing,
            ]),
        tests("JSONAPITests", ["JSONAPI", "CBOR"]),
        tests(
            "PublicHTTPTests",
            [
                "PublicHTTP", "JSONAPI", "HTTP2", "CBOR", "RPC", "Identifiers", "TestKit", logging,
                "AttackBench", nioCore, nioPosix, nioHTTP1, nioEmbedded, nioSSL,
            ]),
        tests("StorageTests", ["Storage", "RPC", "TestKit"]),
        tests(
            "BootstrapTests",
            [
                "Bootstrap", "PublicHTTP", "JSONAPI", "Storage", "RPC", "RPCOverHTTP2", "TestKit",
                lifecycle, logging, metrics, nioCore, nioPosix,
            ]),
        tests(
            "ContractLifecycleTests",
            [
                "ContractLifecycle", "ContractParticipant", "Storage", "Identifiers", "RPC", "CBOR",
                "JSONAPI", "TestKit",
            ]),
        serviceTests("Identity", peers: ["Contracts"], support: ["ContractsFakes"]),
        serviceTests(
            "Contracts", peers: ["Identity", "FlowRuntime", "DeletionOrchestrator"],
            support: ["ContractsFakes"]),
        serviceTests("FlowRuntime", peers: ["Identity", "Contracts"]),
        serviceTests(
            "DeletionOrchestrator", peers: ["Identity", "Contracts", "FlowRuntime"],
            support: [crypto]),
        tests(
            "CommandLineTests",
            [
                "CommandLineDomain", "RPC", "RPCOverHTTP2", "HTTP2", "CBOR", "JSONAPI", "TestKit",
                nioCore, nioPosix, logging,
            ], resources: [.copy("Trails")]),
        tests(
            "SuiteTests",
            ["RPCOverHTTP2", "RPC", "HTTP2", "JSONAPI", "TestKit", nioCore, nioPosix, nioHTTP1]),
        tests(
            "RepositoryTests",
            [
                "RPC", "CBOR", "IdentityAPI", "ContractsAPI", "FlowRuntimeAPI",
                "DeletionOrchestratorAPI", "TestKit",
            ], exclude: ["Golden", "Schema/Recorded"]),
    ].flatMap { $0 }
)
