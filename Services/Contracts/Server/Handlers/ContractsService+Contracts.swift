import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import Storage

/// What a new contract is to be.
struct ContractDraft: Sendable {
    /// The name.
    var name: ContractName
    /// The user who supports the customer.
    var supportUser: UserID?
    /// The roles that may be given; empty means all of the tenant's.
    var availableRoles: [RoleReference]
}

/// What of a contract is to change.
struct ContractChange: Sendable {
    /// The new name.
    var name: ContractName?
    /// The new available roles; empty means all of the tenant's.
    var availableRoles: [RoleReference]?
    /// Refuses the change when the contract is no longer what the caller saw.
    var precondition: @Sendable (ContractRow) throws -> Void
}

/// A contract and who belongs to it.
struct ContractView: Sendable {
    /// The contract.
    var contract: ContractRow
    /// The first members, and one more than a document names when there are too many.
    var members: [MemberStore.Member]
    /// The invites that can still be accepted, and one more likewise.
    var invites: [InviteRow]
    /// What has been written of it; shared by all copies of the view.
    let written = WrittenOnce()
}

extension ContractView {
    /// Reads who belongs to a contract at a moment.
    init(
        _ contract: ContractRow, at now: Int64, in transaction: any ReadTransaction
    ) throws(StorageError) {
        self.init(
            contract: contract,
            members: try MemberStore.list(
                of: contract.id, max: ContractsLimits.linkageMax + 1, in: transaction),
            invites: try InviteStore.open(
                .contract(contract.id), at: now, max: ContractsLimits.linkageMax + 1,
                in: transaction))
    }
}

extension ContractsService {
    /// Makes a contract without members; the first to join must be its owner.
    func createContract(
        _ draft: ContractDraft, by caller: Caller
    ) async throws -> ContractRow {
        guard caller.actor.isTenantAdmin else {
            throw Refusal.forbidden("Only a Tenant Admin may do this.")
        }
        let now = self.clock.nowMilliseconds
        let contract = ContractRow(
            name: draft.name.text, supportUser: draft.supportUser,
            availableRoles: draft.availableRoles, createdAt: now,
            lifecycle: .begin(contract: self.newID(), tenant: caller.actor.tenant, at: now))
        try await self.database.write { transaction in
            try ReleasedTenantStore.check(caller.actor.tenant, in: transaction)
            try ContractStore.insert(contract, in: transaction)
            try self.record(
                "contract.create", of: contract.lifecycle, by: caller.author,
                after: contract.lifecycle.auditState, in: transaction)
        }
        return contract
    }

    /// A page of the contracts the caller may see, with their number and members.
    func listContracts(
        _ page: Page, _ narrow: @Sendable (inout ContractFilter) -> Void = { _ in },
        for caller: Caller
    ) async throws -> (views: [ContractView], total: Int) {
        let actor = caller.actor
        var filter = ContractFilter(
            user: actor.isTenantAdmin ? nil : actor.user, tenant: actor.tenant)
        narrow(&filter)
        return try await self.reads.page(filter, page)
    }

    /// A contract with its members and invites.
    func contract(
        _ contract: ContractID, for caller: Caller
    ) async throws -> ContractView {
        try await self.reads.view(
            contract, for: caller.actor.user, at: self.clock.nowMilliseconds
        ) { matter in
            guard let matter else { throw Refusal.contractNotFound }
            try caller.admit(.getContract, to: matter.contract, matter.standing)
            return matter
        }
    }

    /// Changes a contract's name and available roles.
    ///
    /// Pending invites that would give roles which are not available any more are taken back.
    ///
    /// - Returns: the contract, and how many invites were taken back.
    func updateContract(
        _ contract: ContractID, _ change: ContractChange, by caller: Caller
    ) async throws -> (contract: ContractRow, revokedInvites: Int) {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            var row = try caller.admit(.updateContract, to: contract, in: transaction)
            try change.precondition(row)
            if change.availableRoles != nil {
                try self.checkAvailableRoles(row, caller, transaction)
            }
            var changed: [String] = []
            var before: JSONObject = [:]
            var after: JSONObject = [:]
            if let name = change.name, name.text != row.name {
                row.name = name.text
                changed.append("name")
            }
            if let roles = change.availableRoles, roles != row.availableRoles {
                before["available_roles"] = .strings(row.availableRoles.map(\.auditText))
                after["available_roles"] = .strings(roles.map(\.auditText))
                row.availableRoles = roles
                changed.append("available_roles")
            }
            guard !changed.isEmpty else { return (row, 0) }
            after["changed"] = .strings(changed)
            row.version += 1
            row.updatedAt = now
            try ContractStore.update(row, in: transaction)
            try self.record(
                "contract.update", of: row.lifecycle, by: caller.author,
                before: .object(before), after: .object(after), in: transaction)
            guard changed.contains("available_roles") else { return (row, 0) }
            return (row, try self.revokeInvites(beyondRolesOf: row, caller, transaction))
        }
    }

    /// Takes back the pending invites that would give roles a contract has not; how many.
    private func revokeInvites(
        beyondRolesOf contract: ContractRow, _ caller: Caller,
        _ transaction: any WriteTransaction
    ) throws -> Int {
        var revoked = 0
        for invite in try InviteStore.pending(of: contract.id, in: transaction) {
            var kept = invite
            do throws(Refusal) {
                try self.grant(rolesOf: &kept, contract, caller.catalogue)
            } catch {
                revoked += 1
                _ = try InviteStore.delete(invite.id, of: contract.id, in: transaction)
                try self.record(
                    "invite.revoke", of: contract.lifecycle, by: caller.author,
                    before: ["invite": .string(invite.id.text)], in: transaction)
            }
        }
        return revoked
    }

    /// Changing which roles there are needs a permission of its own.
    private func checkAvailableRoles(
        _ row: ContractRow, _ caller: Caller, _ transaction: any ReadTransaction
    ) throws {
        let standing = AccessPolicy.Standing(
            tenant: row.lifecycle.tenant,
            contractRoles: try MemberStore.roles(of: caller.actor.user, in: row.id, transaction))
        try caller.check(
            caller.policy.decide(
                caller.actor, standing, permission: AccessPolicy.editAvailableRoles),
            otherwise: .contractNotFound)
    }

    /// The roles that may be given in a contract.
    func contractRoles(
        _ contract: ContractID, for caller: Caller
    ) async throws -> [RoleCatalogue.Entry] {
        let row = try await self.database.lookUp { transaction in
            try caller.admit(.listRoles, to: contract, in: transaction)
        }
        return RoleSelection(catalogue: caller.catalogue, available: row.availableRoles).entries
    }
}

extension RoleReference {
    /// How the audit trail names it.
    fileprivate var auditText: String { "\(self.scope.rawValue).\(self.name)" }
}
