import ContractLifecycle
import ContractsAPI
import DeletionOrchestratorDomain
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import RPC

extension FakeSuite {
    private static func unused<Request: Sendable, Reply>(_: Request) throws -> Reply {
        throw RPCError(.unimplemented, "lifecycle work does not ask this")
    }

    var flowRuntimeRoutes: any RPCRouteTable {
        var routes = RPCRoutes(FlowRuntime.self)
        routes.on(ApplyContractState<FlowRuntime>.self) {
            self.apply($0.command, at: .flowRuntime)
        }
        routes.on(StopFlows.self) { try self.stopFlows($0) }
        routes.on(AttestDrained.self) { _ in try self.attest() }
        routes.on(PurgeChunk<FlowRuntime>.self) {
            try self.purge(.flowRuntime, $0)
        }
        routes.on(CountKinds<FlowRuntime>.self) { _ in .init(kinds: self.count(.flowRuntime)) }
        routes.on(SealKinds<FlowRuntime>.self) { _ in
            self.seal(.flowRuntime)
            return .init()
        }
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

    var contractsRoutes: any RPCRouteTable {
        var routes = RPCRoutes(Contracts.self)
        routes.on(FinishSuspension.self) { _ in
            self.finishing.yield()
            return self.change { state in
                state.finishedSuspensions += 1
                return state.suspensionAnswer
            }
        }
        routes.on(LiftSuspension.self) { _ in
            self.change { state in
                state.lifted += 1
                return state.suspensionAnswer
            }
        }
        routes.on(UsersToRelease.self) { _ in .init(users: self.change { $0.toRelease }) }
        routes.on(ConfirmUsersReleased.self) { request in
            self.change { state in
                state.toRelease.removeAll { request.users.contains($0) }
            }
            return .init()
        }
        routes.on(RemoveUser.self) { try Self.unused($0) }
        routes.on(RetireRoles.self) { try Self.unused($0) }
        routes.on(ReleaseTenant.self) { try Self.unused($0) }
        routes.on(FinishDeletion.self) { self.finishDeletion($0) }
        routes.on(PurgeChunk<Contracts>.self) { request in
            let reply = try self.purge(
                .contracts,
                PurgeChunk(
                    operation: request.operation, contract: request.contract,
                    epoch: request.epoch, kind: request.kind, chunk: request.chunk,
                    rowsMax: request.rowsMax))
            return .init(deleted: reply.deleted, isLast: reply.isLast)
        }
        routes.on(CountKinds<Contracts>.self) { _ in .init(kinds: self.count(.contracts)) }
        routes.on(SealKinds<Contracts>.self) { _ in
            self.seal(.contracts)
            return .init()
        }
        routes.on(Authorize.self) { try Self.unused($0) }
        routes.on(ListContractStates.self) { try Self.unused($0) }
        return routes
    }

    var identityRoutes: any RPCRouteTable {
        var routes = RPCRoutes(Identity.self)
        routes.on(ApplyContractState<Identity>.self) { self.apply($0.command, at: .identity) }
        routes.on(ReleaseUsers.self) { .init(deleted: self.release($0)) }
        routes.on(CountKinds<Identity>.self) { _ in .init(kinds: self.count(.identity)) }
        routes.on(SealKinds<Identity>.self) { _ in
            self.seal(.identity)
            return .init()
        }
        routes.on(Authenticate.self) { try Self.unused($0) }
        routes.on(AuthenticateSession.self) { try Self.unused($0) }
        routes.on(GetUsers.self) { try Self.unused($0) }
        routes.on(FindUser.self) { try Self.unused($0) }
        routes.on(CheckNewUser.self) { try Self.unused($0) }
        routes.on(RegisterUser.self) { try Self.unused($0) }
        routes.on(ListRoles.self) { try Self.unused($0) }
        return routes
    }

    /// Each question finds one worker less.
    private func stopFlows(_ request: StopFlows) throws -> StopFlows.Reply {
        try self.change { state in
            let gated = Gated(service: .flowRuntime, contract: request.contract)
            guard let gate = state.gates[gated], gate.epoch >= request.epoch,
                !gate.state.allowsNewWork
            else { throw RPCError(.failedPrecondition, "the gate is open") }
            if state.workers > 0 {
                state.workers -= 1
                state.stopped += 1
            }
            return .init(remaining: state.workers, stopped: state.stopped)
        }
    }

    private func attest() throws -> AttestDrained.Reply {
        try self.change { state in
            guard state.workers == 0 else {
                throw RPCError(.failedPrecondition, "a worker is left")
            }
            state.isAttested = true
            return .init(
                workers: 0, stopped: state.stopped, method: "cgroup", instanceFence: 3,
                attestedAt: Sample.now)
        }
    }

    private func release(_ request: ReleaseUsers) -> [KindCount] {
        self.change { state in
            let key = request.users.map(\.text).joined(separator: ",")
            if let known = state.releases[key] { return known }
            let present = request.users.filter { state.users.contains($0) }
            state.users.subtract(present)
            let deleted = [
                KindCount(kind: "users", count: present.count),
                KindCount(kind: "api_keys", count: present.count * 2),
            ]
            state.releases[key] = deleted
            return deleted
        }
    }

    private func finishDeletion(_ request: FinishDeletion) -> LifecycleAcknowledgement {
        self.change { state in
            if state.sealed.count < 3 { state.breaches.append("finished before sealing") }
            if !state.toRelease.isEmpty { state.breaches.append("finished before users went") }
            state.receiptDigests.append(request.receiptDigest)
            return .applied
        }
    }

    private func seal(_ service: Participant) {
        self.change { state in
            let left = state.rows[service]?.reduce(0) { $0 + $1.count } ?? 0
            if left > 0 { state.breaches.append("sealed \(service) with rows in it") }
            state.sealed.append(service)
        }
    }
}
