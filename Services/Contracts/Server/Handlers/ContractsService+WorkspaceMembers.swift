import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import Storage

extension ContractsService {
    /// The members of a workspace, and how many there are; without a page everybody, up to a bound.
    func listWorkspaceMembers(
        of workspace: WorkspaceID, _ page: Page? = nil, for caller: Caller
    ) async throws -> (members: [MemberView], total: Int) {
        let max = page?.size ?? ContractsLimits.unpagedMax
        let (members, total) = try await self.database.lookUp { transaction in
            _ = try caller.admit(.listWorkspaceMembers, to: workspace, in: transaction)
            return (
                try WorkspaceMemberStore.list(
                    of: workspace, offset: page?.offset ?? 0, max: max, in: transaction),
                try WorkspaceMemberStore.count(of: workspace, in: transaction)
            )
        }
        return (try await self.views(of: members), total)
    }

    /// Brings a member of the contract into a workspace of it, at once.
    func addWorkspaceMember(
        _ user: UserID, to workspace: WorkspaceID, roles asked: [String], by caller: Caller
    ) async throws -> MemberView {
        let now = self.clock.nowMilliseconds
        let roles = try await self.database.write { transaction in
            let found = try caller.admit(.addWorkspaceMember, to: workspace, in: transaction)
            let contract = found.contract
            let roles = try self.grant(asked, in: .workspaces, of: contract, caller.catalogue)
            try MembershipRules.joinPart(
                isContractMember: MemberStore.roles(of: user, in: contract.id, transaction)
                    != nil,
                isMember: WorkspaceMemberStore.roles(of: user, in: workspace, transaction) != nil)
            try WorkspaceMemberStore.insert(
                .init(user: user, roles: roles), into: workspace, of: contract.id, at: now,
                in: transaction)
            try self.record(
                "workspace.member.add", of: contract.lifecycle, by: caller.author, subject: user,
                after: Self.membership(in: workspace, roles), in: transaction)
            return roles
        }
        return MemberView(user: user, roles: roles, person: try await self.person(user))
    }

    /// Changes the roles of a workspace's member.
    func updateWorkspaceMember(
        _ user: UserID, of workspace: WorkspaceID, roles asked: [String], by caller: Caller
    ) async throws -> [String] {
        try await self.database.write { transaction in
            let found = try caller.admit(.updateWorkspaceMember, to: workspace, in: transaction)
            let old = try WorkspaceMemberStore.roles(of: user, in: workspace, transaction)
            guard let old else { throw Refusal.memberNotFound }
            let roles = try self.grant(
                asked, in: .workspaces, of: found.contract, caller.catalogue)
            try MembershipRules.changeInWorkspace(
                owners: WorkspaceMemberStore.owners(of: workspace, in: transaction), from: old,
                to: roles)
            guard roles != old else { return roles }
            try WorkspaceMemberStore.update(
                .init(user: user, roles: roles), of: workspace, in: transaction)
            try self.record(
                "workspace.member.update", of: found.contract.lifecycle, by: caller.author,
                subject: user, before: Self.membership(in: workspace, old),
                after: Self.membership(in: workspace, roles), in: transaction)
            return roles
        }
    }

    /// Takes a member out of a workspace; in the contract the user stays.
    func removeWorkspaceMember(
        _ user: UserID, of workspace: WorkspaceID, by caller: Caller
    ) async throws {
        try await self.database.write { transaction in
            let found = try caller.admit(.removeWorkspaceMember, to: workspace, in: transaction)
            let roles = try WorkspaceMemberStore.roles(of: user, in: workspace, transaction)
            guard let roles else { throw Refusal.memberNotFound }
            try MembershipRules.changeInWorkspace(
                owners: WorkspaceMemberStore.owners(of: workspace, in: transaction), from: roles,
                to: [])
            try WorkspaceMemberStore.delete(user, from: workspace, in: transaction)
            try self.record(
                "workspace.member.remove", of: found.contract.lifecycle, by: caller.author,
                subject: user, before: Self.membership(in: workspace, roles), in: transaction)
        }
    }

    /// What a membership is, as the audit trail tells it; whose, the seal does.
    private static func membership(in workspace: WorkspaceID, _ roles: [String]) -> JSON {
        ["workspace": .string(workspace.text), "roles": .strings(roles)]
    }

    /// The invites into a workspace that can still be accepted, and how many there are; without a
    /// page all of them, up to a bound.
    func listWorkspaceInvites(
        of workspace: WorkspaceID, _ page: Page? = nil, for caller: Caller
    ) async throws -> (invites: [InviteRow], total: Int) {
        let now = self.clock.nowMilliseconds
        return try await self.database.lookUp { transaction in
            _ = try caller.admit(.listWorkspaceInvites, to: workspace, in: transaction)
            return try Self.openInvites(.workspace(workspace), page, at: now, in: transaction)
        }
    }

    /// Takes back an invite that leads into a workspace.
    func revokeInvite(
        _ invite: InviteID, into workspace: WorkspaceID, by caller: Caller
    ) async throws {
        try await self.database.write { transaction in
            let found = try caller.admit(.revokeWorkspaceInvite, to: workspace, in: transaction)
            let contract = found.contract
            let pending = try InviteStore.pending(invite, of: contract.id, transaction)
            guard pending?.workspace == workspace,
                try InviteStore.delete(invite, of: contract.id, in: transaction)
            else { throw Refusal.inviteNotFound }
            try self.record(
                "invite.revoke", of: contract.lifecycle, by: caller.author,
                before: ["invite": .string(invite.text)], in: transaction)
        }
    }
}
