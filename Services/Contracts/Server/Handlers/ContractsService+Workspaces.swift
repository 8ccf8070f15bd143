import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// What a new workspace is to be.
struct WorkspaceDraft: Sendable {
    /// The name.
    var name: ContractName
    /// What kind it is.
    var type: WorkspaceRow.Kind
    /// The contract; `nil` for the only one the caller is a member of.
    var contract: ContractID?
}

/// A workspace and who belongs to it.
struct WorkspaceView: Sendable {
    /// The workspace.
    var workspace: WorkspaceRow
    /// The members, and one more than a document names when there are too many.
    var members: [MemberStore.Member]
    /// The invites into it that can still be accepted, and one more than a document names when
    /// there are too many; `nil` when nobody asked for them.
    var invites: [InviteRow]?
}

extension ContractsService {
    /// Makes a workspace; whoever makes it owns it.
    func createWorkspace(
        _ draft: WorkspaceDraft, by caller: Caller
    ) async throws -> WorkspaceView {
        let now = self.clock.nowMilliseconds
        let id: WorkspaceID = self.newID()
        let creator = MemberStore.Member(
            user: caller.actor.user, roles: [RoleCatalogue.owner])
        return try await self.database.write { transaction in
            let contract = try draft.contract ?? self.onlyContract(of: caller, in: transaction)
            let row = try caller.admit(.createWorkspace, to: contract, in: transaction)
            let workspace = WorkspaceRow(
                id: id, contract: contract, name: draft.name.text, type: draft.type,
                createdAt: now)
            try WorkspaceStore.insert(
                workspace, of: row.lifecycle.tenant, by: creator.user, in: transaction)
            try WorkspaceMemberStore.insert(
                creator, into: id, of: contract, at: now, in: transaction)
            try self.record(
                "workspace.create", of: row.lifecycle, by: caller.author,
                after: ["workspace": .string(id.text)], in: transaction)
            return WorkspaceView(workspace: workspace, members: [creator])
        }
    }

    /// The contract the caller means without naming it.
    func onlyContract(
        of caller: Caller, in transaction: any ReadTransaction
    ) throws -> ContractID {
        let contracts = try MemberStore.contracts(of: caller.actor.user, in: transaction)
        guard contracts.count == 1 else { throw Refusal.contractNotNamed }
        return contracts[0]
    }

    /// A page of the workspaces the caller may see, with their number.
    ///
    /// A Tenant Admin sees all of the tenant, a member those joined; in one contract, whoever may
    /// list all of its workspaces sees them all.
    func listWorkspaces(
        of contract: ContractID?, _ page: Page,
        _ narrow: @Sendable (inout WorkspaceStore.Filter) -> Void = { _ in },
        for caller: Caller
    ) async throws -> (views: [WorkspaceView], total: Int) {
        let actor = caller.actor
        var filter = WorkspaceStore.Filter(
            user: actor.isTenantAdmin ? nil : actor.user, contract: contract,
            tenant: actor.tenant)
        narrow(&filter)
        return try await self.database.read { [filter] transaction in
            var filter = filter
            if let contract {
                let row = try caller.admit(.listWorkspaces, to: contract, in: transaction)
                let standing = AccessPolicy.Standing(
                    tenant: row.lifecycle.tenant,
                    contractRoles: try MemberStore.roles(
                        of: actor.user, in: contract, transaction))
                let seesAll = caller.policy.decide(
                    actor, standing, permission: AccessPolicy.listAllWorkspaces)
                if case .allowed = seesAll { filter.user = nil }
            }
            let (workspaces, total) = try WorkspaceStore.page(filter, page, in: transaction)
            let views = try workspaces.map { try self.view(of: $0, in: transaction) }
            return (views, total)
        }
    }

    /// A workspace with its members and the invites into it.
    func workspace(
        _ workspace: WorkspaceID, for caller: Caller
    ) async throws -> WorkspaceView {
        let now = self.clock.nowMilliseconds
        return try await self.database.lookUp { transaction in
            let found = try caller.admit(.getWorkspace, to: workspace, in: transaction)
            var view = try self.view(of: found.workspace, in: transaction)
            view.invites = try InviteStore.open(
                .workspace(workspace), at: now, max: ContractsLimits.linkageMax + 1,
                in: transaction)
            return view
        }
    }

    /// A workspace with its members.
    func view(
        of workspace: WorkspaceRow, in transaction: any ReadTransaction
    ) throws -> WorkspaceView {
        WorkspaceView(
            workspace: workspace,
            members: try WorkspaceMemberStore.list(
                of: workspace.id, max: ContractsLimits.linkageMax + 1, in: transaction))
    }

    /// The roles that may be given in a workspace.
    func workspaceRoles(
        _ workspace: WorkspaceID, for caller: Caller
    ) async throws -> [RoleCatalogue.Entry] {
        let found = try await self.database.lookUp { transaction in
            try caller.admit(.listWorkspaceRoles, to: workspace, in: transaction)
        }
        let selection = RoleSelection(
            catalogue: caller.catalogue, available: found.contract.availableRoles)
        return selection.entries.filter { $0.role.scope == .workspaces }
    }
}
