import ContractLifecycle
import IdentityAPI
import RPC
import TestKit
import Testing

@Suite("What identity refuses to peers")
struct RefusalTests {
    /// A method that nobody serves.
    @Message
    struct Divine: RPCMethod {
        typealias Service = Identity
        typealias Reply = String
        static let name = "Divine"
        static let repetition = Repetition.safe
    }

    static func code(
        _ identity: RunningIdentity, _ path: MethodPath, _ hex: String, as peer: String?,
        token: String? = nil
    ) async throws -> RPCError.Code? {
        do {
            _ = try await identity.call(path, Hex.bytes(hex), as: peer, token: token)
            return nil
        } catch let error as RPCError {
            return error.code
        }
    }

    @Test(
        "malformed requests are invalid arguments",
        arguments: [
            "", "ff", "a1", "a10", "f6", "80", "a0", "a10102", "a1016161ff",
            "a3016161026162036163",  // an unknown kind of secret
            "bf0161610261620367617069206b6579ff",  // indefinite length
            "a2026162016161",  // keys out of order
        ])
    func malformed(hex: String) async throws {
        try await RunningIdentity.with { identity in
            let code = try await Self.code(
                identity, .of(Authenticate.self), hex, as: "contracts")
            #expect(code == .invalidArgument)
        }
    }

    @Test("an unknown method is unimplemented")
    func unknownMethod() async throws {
        try await RunningIdentity.with { identity in
            let code = try await Self.code(identity, .of(Divine.self), "a0", as: "contracts")
            #expect(code == .unimplemented)
        }
    }

    @Test("a caller without a name, or with another's token, is not authenticated")
    func unauthenticated() async throws {
        try await RunningIdentity.with { identity in
            let path = MethodPath.of(CountKinds<Identity>.self)
            #expect(try await Self.code(identity, path, "a0", as: nil) == .unauthenticated)
            let code = try await Self.code(
                identity, path, "a0", as: "deletion-orchestrator", token: "token-c")
            #expect(code == .unauthenticated)
        }
    }

    @Test("a method is open to the peers that the shipped configuration lists, and to no other")
    func access() async throws {
        let allowed = try AllowedPeers(configuration: "deploy/identity/config.yaml")
        try await RunningIdentity.with { identity in
            let departures = try await allowed.departures(
                of: Identity.methods,
                from: ["contracts", "flow-runtime", "deletion-orchestrator", "operator"]
            ) { path, peer in try await Self.code(identity, path, "f6", as: peer) }
            #expect(departures == [])
        }
    }
}
