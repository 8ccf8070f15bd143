import ContractLifecycle
import ContractsAPI
import DeletionOrchestratorServer
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import RPC
import Synchronization

/// The other services, with nothing of any contract left in them; out of reach until told.
final class QuietPeers: Sendable {
    private struct State {
        var isReachable = false
        var digests: [[UInt8]] = []
    }

    private let state = Mutex(State())

    /// The digests of receipts that contracts was told.
    var receiptDigests: [[UInt8]] { self.state.withLock { $0.digests } }

    func becomeReachable() { self.state.withLock { $0.isReachable = true } }

    func peers() throws -> Peers {
        Peers(
            flowRuntime: RPCClient(carry: try self.carry(self.flowRuntime), options: Peers.options),
            contracts: RPCClient(carry: try self.carry(self.contracts), options: Peers.options),
            identity: RPCClient(carry: try self.carry(self.identity), options: Peers.options))
    }

    /// A client of identity that can always be reached, for credentials.
    func authenticating() throws -> RPCClient<Identity> {
        let router = try RPCRouter([self.identity], access: .everyone)
        return RPCClient(carry: router.carry(as: PeerName("deletion-orchestrator")))
    }

    private func carry(_ table: any RPCRouteTable) throws -> Carry {
        let carry = try RPCRouter([table], access: .everyone)
            .carry(as: PeerName("deletion-orchestrator"))
        return { call in
            guard self.state.withLock({ $0.isReachable }) else {
                throw RPCError(.unavailable, "out of reach")
            }
            return try await carry(call)
        }
    }

    private static func unused<Request: Sendable, Reply>(_: Request) throws -> Reply {
        throw RPCError(.unimplemented, "not asked here")
    }

    private var flowRuntime: any RPCRouteTable {
        var routes = RPCRoutes(FlowRuntime.self)
        routes.on(ApplyContractState<FlowRuntime>.self) { _ in .applied }
        routes.on(StopFlows.self) { _ in .init(remaining: 0, stopped: 0) }
        routes.on(AttestDrained.self) { _ in
            .init(workers: 0, stopped: 0, method: "cgroup", instanceFence: 1, attestedAt: 5)
        }
        routes.on(CountKinds<FlowRuntime>.self) { _ in
            .init(kinds: [KindCount(kind: "flows", count: 0)])
        }
        routes.on(SealKinds<FlowRuntime>.self) { _ in .init() }
        routes.on(PurgeChunk<FlowRuntime>.self) { try Self.unused($0) }
        routes.on(PrepareDeletion.self) { try Self.unused($0) }
        routes.on(FindDeletionBlockers.self) { try Self.unused($0) }
        routes.on(CloseWorkspace.self) { try Self.unused($0) }
        routes.on(CloseTeam.self) { try Self.unused($0) }
        routes.on(FetchBundle.self) { try Self.unused($0) }
        routes.on(ReportExecution.self) { try Self.unused($0) }
        routes.on(ReportFailure.self) { try Self.unused($0) }
        routes.onStream(WorkerFeed.self) { request -> AsyncStream<WorkerFeed.Element> in
            try Self.unused(request)
        }
        return routes
    }

    private var contracts: any RPCRouteTable {
        var routes = RPCRoutes(Contracts.self)
        routes.on(FinishSuspension.self) { _ in .applied }
        routes.on(LiftSuspension.self) { _ in .applied }
        routes.on(UsersToRelease.self) { _ in .init(users: []) }
        routes.on(ConfirmUsersReleased.self) { _ in .init() }
        routes.on(RemoveUser.self) { try Self.unused($0) }
        routes.on(RetireRoles.self) { try Self.unused($0) }
        routes.on(ReleaseTenant.self) { try Self.unused($0) }
        routes.on(FinishDeletion.self) { request in
            self.state.withLock { $0.digests.append(request.receiptDigest) }
            return .applied
        }
        routes.on(CountKinds<Contracts>.self) { _ in .init(kinds: []) }
        routes.on(SealKinds<Contracts>.self) { _ in .init() }
        routes.on(PurgeChunk<Contracts>.self) { try Self.unused($0) }
        routes.on(Authorize.self) { try Self.unused($0) }
        routes.on(ListContractStates.self) { try Self.unused($0) }
        return routes
    }

    private var identity: any RPCRouteTable {
        var routes = RPCRoutes(Identity.self)
        routes.on(AuthenticateSession.self) { _ in .refused }
        routes.on(Authenticate.self) { request in
            RunningOrchestrator.person(request.email).map { .accepted($0) } ?? .refused
        }
        routes.on(ApplyContractState<Identity>.self) { _ in .applied }
        routes.on(CountKinds<Identity>.self) { _ in .init(kinds: []) }
        routes.on(SealKinds<Identity>.self) { _ in .init() }
        routes.on(ReleaseUsers.self) { try Self.unused($0) }
        routes.on(GetUsers.self) { try Self.unused($0) }
        routes.on(FindUser.self) { try Self.unused($0) }
        routes.on(CheckNewUser.self) { try Self.unused($0) }
        routes.on(RegisterUser.self) { try Self.unused($0) }
        routes.on(ListRoles.self) { try Self.unused($0) }
        return routes
    }
}
