import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import RPC
import Storage

/// Who is to be invited, and to what.
struct InviteDraft: Sendable {
    /// The address.
    var email: String
    /// The roles in the contract.
    var roles: [String]
    /// The workspace to join as well.
    var workspace: WorkspaceID?
    /// The roles there.
    var workspaceRoles: [String]
}

extension ContractsService {
    /// The invites of a contract that can still be accepted, and how many there are; without a
    /// page all of them, up to a bound.
    func listInvites(
        of contract: ContractID, _ page: Page? = nil, for caller: Caller
    ) async throws -> (invites: [InviteRow], total: Int) {
        let now = self.clock.nowMilliseconds
        return try await self.database.read { transaction in
            _ = try caller.admit(.listInvites, to: contract, in: transaction)
            return try Self.openInvites(.contract(contract), page, at: now, in: transaction)
        }
    }

    /// A page of the invites that lead somewhere, with their number.
    static func openInvites(
        _ target: InviteStore.Target, _ page: Page?, at now: Int64,
        in transaction: any ReadTransaction
    ) throws -> (invites: [InviteRow], total: Int) {
        (
            try InviteStore.open(
                target, at: now, offset: page?.offset ?? 0,
                max: page?.size ?? ContractsLimits.unpagedMax, in: transaction),
            try InviteStore.countOpen(target, at: now, in: transaction)
        )
    }

    /// Invites an address into a contract, and into a workspace of it.
    ///
    /// The e-mail with the token leaves with the transaction; only the token's digest is kept.
    func createInvite(
        _ draft: InviteDraft, into contract: ContractID, by caller: Caller
    ) async throws -> InviteRow {
        let known = try await self.peers.identity.send(
            FindUser(tenant: caller.actor.tenant, email: draft.email)
        ).user
        // Whoever could not have an account under the address could never accept.
        let faults = known == nil ? try await self.faults(of: CheckNewUser(email: draft.email)) : []
        let now = self.clock.nowMilliseconds
        let token = InviteToken()
        let id: InviteID = self.newID()
        return try await self.database.write { transaction in
            let row = try caller.admit(.createInvite, to: contract, in: transaction)
            guard faults.isEmpty else { throw Refusal.personRefused(faults) }
            try MembershipRules.checkOwner(
                asked: draft.roles, isPerson: known?.isServiceAccount != true)
            var invite = InviteRow(
                id: id, contract: contract, email: draft.email, roles: draft.roles,
                workspace: draft.workspace, workspaceRoles: draft.workspaceRoles,
                invitedBy: caller.actor.user, createdAt: now)
            if let workspace = draft.workspace {
                try self.checkInvitation(to: workspace, of: contract, caller, transaction)
            }
            try self.grant(rolesOf: &invite, row, caller.catalogue)
            try self.clearTheWay(for: invite, draft.email, known?.user, at: now, transaction)
            try InviteStore.insert(
                invite, email: draft.email, tokenDigest: token.digest, in: transaction)
            try self.record(
                "invite.create", of: row.lifecycle, by: caller.author,
                after: ["invite": .string(id.text), "roles": .strings(invite.roles)],
                in: transaction)
            try self.mailInvite(invite, to: draft.email, token, row, in: transaction)
            return invite
        }
    }

    /// Invites an address into a workspace, and with it into its contract.
    ///
    /// Who may invite into the contract is decided as for any invite.
    func createInvite(
        email: String, roles: [String], contractRoles: [String], into workspace: WorkspaceID,
        by caller: Caller
    ) async throws -> InviteRow {
        let contract = try await self.database.lookUp { transaction in
            try caller.admit(.createWorkspaceInvite, to: workspace, in: transaction).contract.id
        }
        do {
            return try await self.createInvite(
                InviteDraft(
                    email: email, roles: contractRoles, workspace: workspace,
                    workspaceRoles: roles),
                into: contract, by: caller)
        } catch Refusal.alreadyMember {
            throw Refusal.inviteNotNeeded
        }
    }

    /// Turns the roles an invite asks for into those it gives; both kinds' faults at once.
    func grant(
        rolesOf invite: inout InviteRow, _ contract: ContractRow, _ catalogue: RoleCatalogue
    ) throws(Refusal) {
        let selection = RoleSelection(catalogue: catalogue, available: contract.availableRoles)
        switch (
            selection.granted(invite.roles, in: .contracts),
            selection.granted(invite.workspaceRoles, in: .workspaces)
        ) {
        case (.success(let roles), .success(let workspaceRoles)):
            invite.roles = roles
            invite.workspaceRoles = workspaceRoles
        case (.failure(let contract), .failure(let workspace)):
            throw .rolesInBoth(contract: contract, workspace: workspace)
        case (.failure(let faults), .success): throw .roles(.contracts, faults)
        case (.success, .failure(let faults)): throw .roles(.workspaces, faults)
        }
    }

    /// Whoever invites into a workspace must administer it.
    func checkInvitation(
        to workspace: WorkspaceID, of contract: ContractID, _ caller: Caller,
        _ transaction: any ReadTransaction
    ) throws {
        let found = try WorkspaceStore.standing(
            of: caller.actor.user, in: workspace, transaction)
        guard let found, found.workspace.contract == contract else {
            throw Refusal.workspaceNotFound
        }
        try caller.check(
            caller.policy.decide(
                caller.actor, found.access, permission: AccessPolicy.editWorkspace),
            otherwise: .workspaceNotFound)
    }

    /// Applies the rules of inviting; an invite that has expired gives way.
    private func clearTheWay(
        for invite: InviteRow, _ email: String, _ user: UserID?, at now: Int64,
        _ transaction: any WriteTransaction
    ) throws {
        let contract = invite.contract
        let pending = try InviteStore.pending(email, in: contract, transaction)
        let isMember = try user.map {
            try MemberStore.roles(of: $0, in: contract, transaction) != nil
        }
        try InviteRules.invite(
            InviteRules.Situation(
                members: MemberStore.census(of: contract, in: transaction).members,
                pendingOwners: InviteStore.openOwners(of: contract, at: now, in: transaction),
                pendingUntil: pending?.expiresAt, isMember: isMember ?? false),
            roles: invite.roles, at: now)
        if let pending {
            _ = try InviteStore.delete(pending.id, of: contract, in: transaction)
        }
    }

    /// Takes an invite back; its token is worth nothing from then on.
    func revokeInvite(
        _ invite: InviteID, of contract: ContractID, by caller: Caller
    ) async throws {
        try await self.database.write { transaction in
            let row = try caller.admit(.revokeInvite, to: contract, in: transaction)
            guard try InviteStore.delete(invite, of: contract, in: transaction) else {
                throw Refusal.inviteNotFound
            }
            try self.record(
                "invite.revoke", of: row.lifecycle, by: caller.author,
                before: ["invite": .string(invite.text)], in: transaction)
        }
    }

    /// The invite a token is for, with its contract, while it can be accepted.
    func invite(
        presenting text: String
    ) async throws -> (invite: InviteRow, contract: ContractRow) {
        let now = self.clock.nowMilliseconds
        let (invite, contract) = try await self.invite(InviteToken(presented: text))
        guard invite.acceptedBy == nil, invite.expiresAt > now,
            PublicCall.getInvite.rule.act.isAllowed(in: contract.lifecycle.phase.state)
        else { throw Refusal.inviteNotFound }
        return (invite, contract)
    }

    /// The invite a token was made for, accepted and expired ones included.
    func invite(
        _ token: InviteToken
    ) async throws -> (invite: InviteRow, contract: ContractRow) {
        let digest = token.digest
        return try await self.database.lookUp { transaction in
            guard let invite = try InviteStore.find(tokenDigest: digest, in: transaction),
                let contract = try ContractStore.find(invite.contract, in: transaction)
            else { throw Refusal.inviteNotFound }
            return (invite, contract)
        }
    }
}
