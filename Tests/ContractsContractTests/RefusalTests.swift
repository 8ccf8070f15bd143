import ContractLifecycle
import ContractsAPI
import Identifiers
import RPC
import TestKit
import Testing

@Suite("What contracts refuses its peers")
struct RefusalTests {
    /// The code a call ends with.
    static func code(
        _ running: RunningContracts, _ path: MethodPath, _ body: String, as peer: String?,
        token: String? = nil
    ) async -> RPCError.Code? {
        do {
            _ = try await running.call(
                path, Hex.bytes(body), as: peer, token: token)
            return nil
        } catch let failure as CarryFailure {
            return failure.error.code
        } catch {
            return RPCError(crossing: error).code
        }
    }

    @Test(
        "bodies that are not the request are refused",
        arguments: ["", "ff", "a0", "a1", "80", "a10102", "a0a0", "a2016101016102"])
    func malformed(body: String) async throws {
        try await RunningContracts.with { running in
            let code = await Self.code(
                running, .of(FinishSuspension.self), body, as: "deletion-orchestrator")
            #expect(code == .invalidArgument)
        }
    }

    @Test("only the peers that are listed may call")
    func peers() async throws {
        let allowed = try AllowedPeers(configuration: "deploy/contracts/config.yaml")
        try await RunningContracts.with { running in
            let departures = try await allowed.departures(
                of: Contracts.methods,
                from: ["identity", "flow-runtime", "deletion-orchestrator", "operator"]
            ) { path, peer in await Self.code(running, path, "f6", as: peer) }
            #expect(departures == [])
            for method in Contracts.methods {
                let forged = await Self.code(
                    running, .of(method), "a0", as: "deletion-orchestrator", token: "forged")
                #expect(forged == .unauthenticated)
            }
        }
    }

    @Test("a purge of a contract that is not being deleted is refused")
    func purge() async throws {
        try await RunningContracts.with { running in
            let (id, _) = try await running.contract()
            let client = RPCClient(
                Contracts.self,
                carry: { call in
                    .message(
                        try await running.call(
                            call.path, call.body, as: "deletion-orchestrator"))
                }, options: RPCClientOptions(retry: .never))
            let contract = try #require(ContractID(id))
            do {
                _ = try await client.send(
                    PurgeChunk<Contracts>(
                        operation: .init(secondsSince1970: 1), contract: contract, epoch: 1,
                        kind: "contract_members", chunk: 0, rowsMax: 10))
                Issue.record("it was carried out")
            } catch let error as RPCError {
                #expect(error.code == .failedPrecondition)
            }
        }
    }
}
