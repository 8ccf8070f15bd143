import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// What of an invite is to change.
struct InviteChange: Sendable {
    /// The new roles in the contract.
    var roles: [String]?
    /// Where it is to lead besides.
    var workspace: Destination = .asBefore
    /// The new roles there.
    var workspaceRoles: [String]?

    /// Which workspace an invite is to lead into.
    enum Destination: Hashable, Sendable {
        /// The one it leads into, if any.
        case asBefore
        /// None.
        case none
        /// This one.
        case workspace(WorkspaceID)
    }
}

extension ContractsService {
    /// Changes what a pending invite leads into and with which roles; its token stays good.
    func updateInvite(
        _ id: InviteID, of contract: ContractID, _ change: InviteChange, by caller: Caller
    ) async throws -> InviteRow {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            let row = try caller.admit(.updateInvite, to: contract, in: transaction)
            let old = try InviteStore.pending(id, of: contract, transaction)
            guard let old, old.expiresAt > now else { throw Refusal.inviteNotFound }
            var invite = try self.applying(change, to: old, caller, transaction)
            try self.grant(rolesOf: &invite, row, caller.catalogue)
            try InviteRules.change(
                InviteRules.Situation(
                    members: MemberStore.census(of: contract, in: transaction).members,
                    pendingOwners: InviteStore.openOwners(of: contract, at: now, in: transaction),
                    pendingUntil: old.expiresAt, isMember: false),
                from: old.roles, to: invite.roles)
            guard invite != old else { return old }
            try InviteStore.update(invite, in: transaction)
            try self.record(
                "invite.update", of: row.lifecycle, by: caller.author, before: old.auditState,
                after: invite.auditState, in: transaction)
            return invite
        }
    }

    /// The invite as it is asked to be; into which workspace it may lead is checked.
    private func applying(
        _ change: InviteChange, to old: InviteRow, _ caller: Caller,
        _ transaction: any ReadTransaction
    ) throws -> InviteRow {
        var invite = old
        if let roles = change.roles { invite.roles = roles }
        switch change.workspace {
        case .asBefore: break
        case .none:
            invite.workspace = nil
            invite.workspaceRoles = []
        case .workspace(let workspace):
            invite.workspace = workspace
            if workspace != old.workspace { invite.workspaceRoles = [] }
        }
        if let roles = change.workspaceRoles {
            guard invite.workspace != nil else { throw Refusal.workspaceMissing }
            invite.workspaceRoles = roles
        }
        if let workspace = invite.workspace {
            guard !invite.workspaceRoles.isEmpty else { throw Refusal.workspaceRolesMissing }
            let isSame = workspace == old.workspace && invite.workspaceRoles == old.workspaceRoles
            if !isSame {
                try self.checkInvitation(to: workspace, of: old.contract, caller, transaction)
            }
        }
        return invite
    }

    /// Sends an invite's e-mail again, with a new token and as much time as a new invite has.
    ///
    /// The token before is worth nothing then. An invite whose time was up is good again.
    func resendInvite(
        _ id: InviteID, of contract: ContractID, by caller: Caller
    ) async throws -> InviteRow {
        let now = self.clock.nowMilliseconds
        let token = InviteToken()
        return try await self.database.write { transaction in
            let row = try caller.admit(.resendInvite, to: contract, in: transaction)
            guard var invite = try InviteStore.pending(id, of: contract, transaction),
                let email = invite.email
            else { throw Refusal.inviteNotFound }
            try InviteRules.resend(sentAt: invite.sentAt, at: now)
            invite.sentAt = now
            invite.expiresAt = InviteRules.expiry(madeAt: now)
            try InviteStore.renew(invite, tokenDigest: token.digest, in: transaction)
            try self.record(
                "invite.resend", of: row.lifecycle, by: caller.author,
                after: ["invite": .string(id.text)], in: transaction)
            try self.mailInvite(invite, to: email, token, row, in: transaction)
            return invite
        }
    }
}

extension InviteRow {
    /// What the audit trail says of an invite: nothing of who is invited.
    fileprivate var auditState: JSON {
        [
            "invite": .string(self.id.text), "roles": .strings(self.roles),
            "workspace": .optional(self.workspace?.text),
            "workspace_roles": .strings(self.workspaceRoles),
        ]
    }
}
