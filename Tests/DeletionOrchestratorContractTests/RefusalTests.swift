import DeletionOrchestratorAPI
import RPC
import TestKit
import Testing

@Suite("What the deletion orchestrator refuses to peers")
struct RefusalTests {
    /// A method that nobody serves.
    @Message
    struct Divine: RPCMethod {
        typealias Service = DeletionOrchestrator
        typealias Reply = String
        static let name = "Divine"
        static let repetition = Repetition.safe
    }

    static func code(
        _ orchestrator: RunningOrchestrator, _ path: MethodPath, _ hex: String,
        as peer: String?, token: String? = nil
    ) async throws -> RPCError.Code? {
        do {
            _ = try await orchestrator.call(path, hex, as: peer, token: token)
            return nil
        } catch let error as RPCError {
            return error.code
        }
    }

    @Test("malformed requests are invalid arguments and begin nothing")
    func malformed() async throws {
        try await RunningOrchestrator.with { orchestrator in
            let begin = RunningOrchestrator.beginDeletion
            for hex in ["", "ff", "a1", "f6", "80", "a0", "a10102", begin + "00"] {
                let code = try await Self.code(
                    orchestrator, .of(BeginDeletion.self), hex, as: "contracts")
                #expect(code == .invalidArgument, "\(hex)")
            }
            let code = try await Self.code(
                orchestrator, .of(DeletionStatus.self), GoldenBytesTests.deletion,
                as: "contracts")
            #expect(code == .notFound)
        }
    }

    @Test("an unknown method is unimplemented, an unproven caller not authenticated")
    func strangers() async throws {
        try await RunningOrchestrator.with { orchestrator in
            let divine = try await Self.code(
                orchestrator, .of(Divine.self), "a0", as: "contracts")
            #expect(divine == .unimplemented)
            let path = MethodPath.of(DeletionStatus.self)
            let nobody = try await Self.code(orchestrator, path, "a0", as: nil)
            #expect(nobody == .unauthenticated)
            let impostor = try await Self.code(
                orchestrator, path, "a0", as: "contracts", token: "token-f")
            #expect(impostor == .unauthenticated)
        }
    }

    @Test("a method is open to the peers that the shipped configuration lists, and to no other")
    func access() async throws {
        let allowed = try AllowedPeers(configuration: "deploy/deletion-orchestrator/config.yaml")
        try await RunningOrchestrator.with { orchestrator in
            let departures = try await allowed.departures(
                of: DeletionOrchestrator.methods, from: ["contracts", "flow-runtime", "operator"]
            ) { path, peer in try await Self.code(orchestrator, path, "f6", as: peer) }
            #expect(departures == [])
        }
    }
}
