import ContractLifecycle
import ContractsAPI
import DeletionOrchestratorDomain
import DeletionOrchestratorServer
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import RPC
import Synchronization

/// The three other services as far as lifecycle work knows them, behind real routes.
///
/// They keep the promises they really make (gates, exact chunks, repeated answers) and note what
/// would be a breach of the protocol by the orchestrator.
final class FakeSuite: Sendable {
    struct Rows {
        var kind: String
        var count: Int
    }

    /// A contract at a service.
    struct Gated: Hashable {
        var service: Participant
        var contract: ContractID
    }

    struct State {
        var gates: [Gated: LifecycleCommand] = [:]
        var rows: [Participant: [Rows]] = [
            .flowRuntime: [
                Rows(kind: "logs", count: 3), Rows(kind: "flows", count: 2),
                Rows(kind: "novelties", count: 1),
            ],
            .contracts: [Rows(kind: "members", count: 2)],
            .identity: [],
        ]
        var chunks: [String: PurgeChunk<FlowRuntime>.Reply] = [:]
        var workers = 2
        var stopped = 0
        var isAttested = false
        var toRelease = Sample.users
        var users = Set(Sample.users)
        var releases: [String: [KindCount]] = [:]
        var sealed: [Participant] = []
        var receiptDigests: [[UInt8]] = []
        var finishedSuspensions = 0
        var lifted = 0
        /// What contracts answers when a suspension is finished or lifted.
        var suspensionAnswer = LifecycleAcknowledgement.applied
        /// Rows that appear once the first sweep has begun.
        var latecomers = 0
        var breaches: [String] = []
    }

    let state = Mutex(State())
    /// An element for each suspension that contracts is told is finished.
    let (finished, finishing) = AsyncStream.makeStream(of: Void.self)

    /// The most a fake erases in a chunk, so that kinds take several.
    static let rowsMax = 2

    func change<Result: Sendable>(
        _ body: (inout sending State) throws -> sending Result
    ) rethrows -> Result {
        try self.state.withLock(body)
    }

    /// Clients of the three services, all through one fault injector.
    func peers(_ faults: Faults = Faults()) throws -> Peers {
        let name = PeerName("deletion-orchestrator")
        func carry(_ table: any RPCRouteTable) throws -> Carry {
            faults.inject(into: try RPCRouter([table], access: .everyone).carry(as: name))
        }
        return Peers(
            flowRuntime: RPCClient(
                carry: try carry(self.flowRuntimeRoutes), options: Peers.options),
            contracts: RPCClient(carry: try carry(self.contractsRoutes), options: Peers.options),
            identity: RPCClient(carry: try carry(self.identityRoutes), options: Peers.options))
    }

    func apply(
        _ command: LifecycleCommand, at service: Participant
    ) -> LifecycleAcknowledgement {
        self.change { state in
            let gated = Gated(service: service, contract: command.contract)
            if let gate = state.gates[gated] {
                if gate == command { return .applied }
                if gate.state == .deleted { return .gone }
                if gate.epoch > command.epoch { return .superseded(by: gate.epoch) }
                if gate.epoch == command.epoch { return .conflict }
            }
            state.gates[gated] = command
            return .applied
        }
    }

    func count(_ service: Participant) -> [KindCount] {
        self.change { state in
            if state.latecomers > 0, state.rows[service]?.allSatisfy({ $0.count == 0 }) == true,
                service == .flowRuntime
            {
                state.rows[service]?[0].count = state.latecomers
                state.latecomers = 0
            }
            return (state.rows[service] ?? []).map { KindCount(kind: $0.kind, count: $0.count) }
        }
    }

    func purge(
        _ service: Participant, _ request: PurgeChunk<FlowRuntime>
    ) throws -> PurgeChunk<FlowRuntime>.Reply {
        try self.change { state in
            let gated = Gated(service: service, contract: request.contract)
            if service != .contracts, state.gates[gated]?.state != .deleting {
                throw RPCError(.failedPrecondition, "the gate is not closed")
            }
            if !state.isAttested { state.breaches.append("purged before the attestation") }
            let kind = request.kind
            let key = "\(request.operation) \(service) \(kind) \(request.chunk)"
            if let reply = state.chunks[key] { return reply }
            guard var rows = state.rows[service],
                let index = rows.firstIndex(where: { $0.kind == kind })
            else { throw RPCError(.invalidArgument, "no kind \(kind)") }
            if rows[..<index].contains(where: { $0.count > 0 }) {
                throw RPCError(.failedPrecondition, "\(kind) is still referred to")
            }
            let deleted = min(rows[index].count, Self.rowsMax)
            rows[index].count -= deleted
            state.rows[service] = rows
            let reply = PurgeChunk<FlowRuntime>.Reply(
                deleted: deleted, isLast: deleted < Self.rowsMax)
            state.chunks[key] = reply
            return reply
        }
    }
}
