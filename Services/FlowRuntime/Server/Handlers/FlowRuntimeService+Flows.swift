import ContractParticipant
import ContractsAPI
import Crypto
import FlowRuntimeDomain
import Identifiers
import PublicHTTP
import Storage

/// A flow and the graph it has.
struct FlowWithGraph: Sendable {
    var flow: FlowRow
    var graph: String
}

extension FlowRuntimeService {
    /// Makes a flow; it is not started.
    func createFlow(_ new: NewFlow, by caller: Principal) async throws -> FlowWithGraph {
        let grant = try await self.authorizer.grant(
            caller, PublicOperation.createFlow.permission, in: new.workspace, noun: "Workspace")
        let now = self.clock.nowMilliseconds
        let flow = FlowRow(
            id: FlowID(secondsSince1970: now / 1_000), contract: grant.contract,
            workspace: new.workspace, user: caller.user, name: new.name,
            description: new.description, kind: new.kind, status: .inactive, version: 1,
            hookAuthentication: new.graph.hookAuthentication,
            hookKeyHash: new.graph.hookKey.map(HookKey.hash), queued: 0, queuedBytes: 0,
            lastStartAt: nil, createdAt: now, updatedAt: now, worker: nil)
        let graph = try await self.database.write { transaction in
            try self.gates.check(grant.contract, allows: .newWork, in: transaction)
            if try ClosedWorkspaceStore.contains(new.workspace, in: transaction) {
                throw FlowFault.notFound("Workspace")
            }
            let (draft, uses) = try self.checked(
                new.graph, of: flow, in: grant.tenant, keepsKey: false, transaction)
            try FlowStore.insert(flow, in: transaction)
            try FlowStore.insertVersion(
                1, of: flow, graph: draft.text, by: caller.user, at: now, in: transaction)
            try ComponentUseStore.insert(uses, of: flow, in: transaction)
            return draft.text
        }
        return FlowWithGraph(flow: flow, graph: graph)
    }

    /// A graph as it can be stored, and which components it uses.
    ///
    /// - Throws: ``FlowFault/graph(_:)``.
    private func checked(
        _ draft: FlowDraft, of flow: FlowRow, in tenant: TenantID, keepsKey: Bool,
        _ transaction: any ReadTransaction
    ) throws -> (draft: FlowDraft, uses: Set<ComponentUse>) {
        let components = try ComponentResolution(
            of: draft.graph, for: flow.contract, in: tenant,
            usedAlready: try ComponentUseStore.versions(
                of: flow.id, version: flow.version, in: transaction),
            self.gates, transaction)
        let faults = GraphCheck.faults(
            of: draft.graph, keepsKey: keepsKey, found: components.found)
        if !faults.isEmpty { throw FlowFault.graph(faults) }
        return (draft.pinned(components.pins), components.uses)
    }

    /// A page of a workspace's flows, and how many there are.
    func flows(
        of workspace: WorkspaceID, status: DesiredStatus?, limit: Int, offset: Int,
        by caller: Principal
    ) async throws -> (flows: [FlowWithGraph], total: Int) {
        _ = try await self.authorizer.grant(
            caller, PublicOperation.listFlows.permission, in: workspace, noun: "Workspace")
        return try await self.database.read { transaction in
            let flows = try FlowStore.flows(
                of: workspace, status: status, limit: limit, offset: offset, in: transaction)
            let total = try FlowStore.count(of: workspace, status: status, in: transaction)
            return (try flows.map { try Self.withGraph($0, in: transaction) }, total)
        }
    }

    func flow(_ id: FlowID, by caller: Principal) async throws -> FlowWithGraph {
        _ = try await self.authorized(.getFlow, on: id, by: caller)
        return try await self.database.lookUp { transaction in
            try Self.withGraph(try Self.existing(id, in: transaction), in: transaction)
        }
    }

    /// Changes a stopped flow; a changed graph becomes its newest version.
    ///
    /// - Parameter precondition: Refuses the change when the flow is no longer what the caller saw.
    func editFlow(
        _ id: FlowID, _ change: FlowChange, by caller: Principal,
        precondition: @escaping @Sendable (FlowRow) throws -> Void
    ) async throws -> FlowWithGraph {
        _ = try await self.authorized(.editFlow, on: id, by: caller)
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            var flow = try Self.existing(id, in: transaction)
            try self.gates.check(flow.contract, allows: .newWork, in: transaction)
            try precondition(flow)
            if let refusal = flow.condition.refusal(of: .edit) { throw FlowFault.refused(refusal) }
            if let name = change.name { flow.name = name }
            if let description = change.description { flow.description = description }
            if let kind = change.kind { flow.kind = kind }
            // Never twice the same: it tells changes apart.
            flow.updatedAt = max(now, flow.updatedAt + 1)
            if let graph = change.graph {
                let (draft, uses) = try self.checked(
                    graph, of: flow, in: caller.tenant, keepsKey: flow.hookKeyHash != nil,
                    transaction)
                flow.apply(draft)
                try FlowStore.insertVersion(
                    flow.version, of: flow, graph: draft.text, by: caller.user, at: now,
                    in: transaction)
                try ComponentUseStore.insert(uses, of: flow, in: transaction)
            }
            try FlowStore.update(flow, in: transaction)
            return try Self.withGraph(flow, in: transaction)
        }
    }

    /// Deletes a stopped flow; what it has done is erased in the background.
    func deleteFlow(_ id: FlowID, by caller: Principal) async throws {
        _ = try await self.authorized(.deleteFlow, on: id, by: caller)
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            let flow = try Self.existing(id, in: transaction)
            try self.gates.check(flow.contract, allows: .deletingOwnThings, in: transaction)
            if let refusal = flow.condition.refusal(of: .delete) {
                throw FlowFault.refused(refusal)
            }
            try FlowStore.delete(id, at: now, in: transaction)
            transaction.afterCommit { self.eraser.ring() }
        }
    }

    /// Wants a flow to run.
    func startFlow(_ id: FlowID, by caller: Principal) async throws -> FlowWithGraph {
        _ = try await self.authorized(.startFlow, on: id, by: caller)
        let now = self.clock.nowMilliseconds
        return try await self.change(id) { flow, transaction in
            try self.gates.check(flow.contract, allows: .newWork, in: transaction)
            if let refusal = flow.condition.refusal(of: .start) { throw FlowFault.refused(refusal) }
            try FlowStore.activate(id, at: now, in: transaction)
        }
    }

    /// Wants a flow not to run; messages that wait are kept.
    func stopFlow(_ id: FlowID, by caller: Principal) async throws -> FlowWithGraph {
        _ = try await self.authorized(.stopFlow, on: id, by: caller)
        return try await self.change(id) { flow, transaction in
            if let refusal = flow.condition.refusal(of: .stop) { throw FlowFault.refused(refusal) }
            try FlowStore.deactivate(id, in: transaction)
        }
    }

    /// Changes whether a flow is meant to run, and has its worker follow.
    private func change(
        _ id: FlowID,
        _ body: @escaping @Sendable (FlowRow, any WriteTransaction) throws -> Void
    ) async throws -> FlowWithGraph {
        try await self.database.write { transaction in
            try body(try Self.existing(id, in: transaction), transaction)
            transaction.afterCommit { self.supervisor.look(at: id) }
            return try Self.withGraph(try Self.existing(id, in: transaction), in: transaction)
        }
    }
}

extension FlowRuntimeService {
    /// The flow, if the caller may do this with it.
    ///
    /// What the flow is like must be looked at again in the transaction that acts.
    func authorized(
        _ operation: PublicOperation, on id: FlowID, by caller: Principal, noun: String = "Flow"
    ) async throws -> FlowRow {
        let flow = try await self.database.lookUp { try FlowStore.flow(id, in: $0) }
        guard let flow else { throw FlowFault.notFound(noun) }
        _ = try await self.authorizer.grant(
            caller, operation.permission, in: flow.workspace, noun: noun)
        return flow
    }

    static func existing(_ id: FlowID, in transaction: any ReadTransaction) throws -> FlowRow {
        guard let flow = try FlowStore.flow(id, in: transaction) else {
            throw FlowFault.notFound("Flow")
        }
        return flow
    }

    private static func withGraph(
        _ flow: FlowRow, in transaction: any ReadTransaction
    ) throws -> FlowWithGraph {
        let graph = try FlowStore.graph(of: flow.id, version: flow.version, in: transaction)
        return FlowWithGraph(flow: flow, graph: graph)
    }
}

extension FlowRow {
    /// Takes over a new graph that was checked, as the next version.
    fileprivate mutating func apply(_ draft: FlowDraft) {
        self.version += 1
        self.hookAuthentication = draft.hookAuthentication
        switch (draft.hookAuthentication, draft.hookKey) {
        case (.none, _): self.hookKeyHash = nil
        case (.key, let key?): self.hookKeyHash = HookKey.hash(key)
        case (.key, nil): break
        }
    }
}

/// A webhook's key: kept as its SHA-256 only.
enum HookKey {
    static func hash(_ key: String) -> [UInt8] { Array(SHA256.hash(data: Array(key.utf8))) }

    /// Whether a key is the one with this hash; takes the same time wherever they differ.
    static func matches(_ key: String, hash: [UInt8]) -> Bool {
        let given = self.hash(key)
        guard given.count == hash.count else { return false }
        return zip(given, hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
