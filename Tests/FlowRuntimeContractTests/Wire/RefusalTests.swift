import ContractLifecycle
import FlowRuntimeAPI
import RPC
import TestKit
import Testing

@Suite("What the flow runtime refuses to peers")
struct RefusalTests {
    /// A method that nobody serves.
    @Message
    struct Divine: RPCMethod {
        typealias Service = FlowRuntime
        typealias Reply = String
        static let name = "Divine"
        static let repetition = Repetition.safe
    }

    static func code(
        _ runtime: RunningRuntime, _ path: MethodPath, _ hex: String, as peer: String?,
        token: String? = nil
    ) async throws -> RPCError.Code? {
        do {
            _ = try await runtime.call(path, Hex.bytes(hex), as: peer, token: token)
            return nil
        } catch let error as RPCError {
            return error.code
        }
    }

    @Test(
        "malformed requests are invalid arguments",
        arguments: ["", "ff", "a1", "a10", "f6", "80", "a0", "a10102", "bf0161610261620367ff"])
    func malformed(hex: String) async throws {
        try await RunningRuntime.with { runtime in
            for path in [
                MethodPath.of(PrepareDeletion.self), .of(CountKinds<FlowRuntime>.self),
            ] {
                let code = try await Self.code(runtime, path, hex, as: "contracts")
                #expect(code == .invalidArgument)
            }
        }
    }

    @Test("an unknown method is unimplemented, a nameless caller unauthenticated")
    func unknown() async throws {
        try await RunningRuntime.with { runtime in
            let divine = try await Self.code(runtime, .of(Divine.self), "a0", as: "contracts")
            #expect(divine == .unimplemented)
            let path = MethodPath.of(CountKinds<FlowRuntime>.self)
            #expect(try await Self.code(runtime, path, "a0", as: nil) == .unauthenticated)
            let impostor = try await Self.code(
                runtime, path, "a0", as: "deletion-orchestrator", token: "token-c")
            #expect(impostor == .unauthenticated)
        }
    }

    @Test("a method is open to the peers that the shipped configuration lists, and to no other")
    func access() async throws {
        let allowed = try AllowedPeers(configuration: "deploy/flow-runtime/config.yaml")
        try await RunningRuntime.with { runtime in
            let departures = try await allowed.departures(
                of: FlowRuntime.methods,
                from: ["contracts", "identity", "deletion-orchestrator", "operator"]
            ) { path, peer in try await Self.code(runtime, path, "f6", as: peer) }
            #expect(departures == [])
        }
    }
}
