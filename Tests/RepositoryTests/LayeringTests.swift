import Foundation
import Testing

@Suite("Imports point left: API, Domain, Server, Main")
struct LayeringTests {
    /// Modules of the toolchain that say nothing about layers; a C library reads addresses.
    static let everywhere: Set<String> = [
        "Swift", "Synchronization", "_Concurrency", "Glibc", "Musl", "Darwin",
    ]

    /// Who calls whom; the same list as in the manifest.
    static let calls: [String: Set<String>] = [
        "Identity": ["Contracts"],
        "Contracts": ["Identity", "FlowRuntime", "DeletionOrchestrator"],
        "FlowRuntime": ["Identity", "Contracts"],
        "DeletionOrchestrator": ["Identity", "Contracts", "FlowRuntime"],
    ]

    @Test("an API room imports vocabulary only", arguments: Repository.services)
    func api(service: String) {
        self.expect(
            "Services/\(service)/API", imports: ["RPC", "CBOR", "Identifiers", "ContractLifecycle"])
    }

    @Test("a Domain room imports its API and values only", arguments: Repository.services)
    func domain(service: String) {
        self.expect(
            "Services/\(service)/Domain",
            imports: ["\(service)API", "Identifiers", "ContractLifecycle", "Crypto"])
    }

    @Test("a Server room sees of its peers their API only", arguments: Repository.services)
    func server(service: String) {
        let ours = ["\(service)API", "\(service)Domain"]
        let peers = Self.calls[service, default: []].map { "\($0)API" }
        let others = Set(
            Repository.services.flatMap { ["\($0)API", "\($0)Domain", "\($0)Server"] })
        let forbidden = others.subtracting(ours).subtracting(peers)
        for file in Repository.swiftFiles(below: "Services/\(service)/Server") {
            let wrong = forbidden.intersection(file.imports)
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
        }
    }

    @Test("Domain rooms have no clock, store, log or wire", arguments: Repository.services)
    func domainIsPure(service: String) {
        for file in Repository.swiftFiles(below: "Services/\(service)/Domain") {
            for word in ["ContinuousClock.now", "Date()", "Date.now", "Task.sleep", "print("] {
                #expect(!file.text.contains(word), "\(file.path) uses \(word)")
            }
        }
    }

    @Test("shared modules know no service")
    func shared() {
        let services = Set(
            Repository.services.flatMap { ["\($0)API", "\($0)Domain", "\($0)Server"] })
        for file in Repository.swiftFiles(below: "Shared") {
            let wrong = services.intersection(file.imports)
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
        }
    }

    @Test(
        "modules without sockets import none", arguments: ["RPC", "CBOR", "JSONAPI", "Identifiers"])
    func noSockets(module: String) {
        for file in Repository.swiftFiles(below: "Shared/\(module)") {
            let wrong = file.imports.filter { $0.hasPrefix("NIO") || $0 == "CNghttp2" }
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong)")
        }
    }

    @Test("the manifest lists the calls that this test lists", arguments: Repository.services)
    func manifestAgrees(service: String) throws {
        let manifest = try String(
            contentsOf: Repository.top.appending(path: "Package.swift"), encoding: .utf8)
        let words = manifest.split { $0.isWhitespace }.joined(separator: " ")
        let start = try #require(
            words.range(of: "service( \"\(service)\"") ?? words.range(of: "service(\"\(service)\""))
        let call = words[start.lowerBound...]
        let list = try #require(call.firstMatch(of: /calls: \[([^\]]*)\]/)).output.1
        let peers = list.split(separator: ",").map { peer in
            peer.filter { $0.isLetter }
        }.filter { !$0.isEmpty }
        #expect(Set(peers.map { String($0) }) == Self.calls[service])
    }

    private func expect(_ folder: String, imports allowed: Set<String>) {
        let files = Repository.swiftFiles(below: folder)
        #expect(!files.isEmpty)
        for file in files {
            let wrong = Set(file.imports).subtracting(allowed).subtracting(Self.everywhere)
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
        }
    }
}
