import CBOR
package import ContractsAPI
package import Identifiers
package import IdentityAPI
package import IdentityDomain
import RPC
import Storage

/// A tenant's role catalogue as it is stored.
package struct StoredRoles: Hashable, Sendable {
    /// The roles, by scope and name.
    package var roles: [Role]
    /// Grows with each replacement.
    package var revision: Int64

    /// The entity tag of this revision.
    package var entityTag: String { "\(self.revision)" }
}

/// What came of replacing a catalogue.
package struct ReplacedRoles: Hashable, Sendable {
    /// The new catalogue.
    package var roles: StoredRoles
    /// Where the roles that went were in use.
    package var uses: [RetireRoles.Use]
    /// Whether the invites that name them are revoked; else they are about to be.
    package var isRetired: Bool
}

extension IdentityService {
    /// A tenant's role catalogue with its revision, as far as the caller may see it.
    package func storedRoles(
        of tenant: TenantID, by caller: AuthenticatedUser
    ) async throws -> StoredRoles {
        try AccessPolicy.check(.listTenantRoles, by: caller, on: .tenant(tenant))
        return try await self.database.read { transaction in
            guard let revision = try TenantStore.rolesRevision(of: tenant, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            return StoredRoles(
                roles: try RoleStore.roles(of: tenant, in: transaction), revision: revision)
        }
    }

    /// Replaces a tenant's whole role catalogue.
    ///
    /// A role that a member holds or a contract lists cannot be removed. Pending invites that name a
    /// removed role are revoked once the catalogue is replaced. The transaction that replaces it puts
    /// the order into the outbox too, so that no crash and no absence of the contracts service leaves
    /// such an invite; who asks is told how many are still to be revoked then.
    ///
    /// - Parameter check: Refuses a replacement of something else than the client saw.
    /// - Returns: the new catalogue, where the removed roles were in use, and whether the invites
    ///   that name them are revoked already.
    /// - Throws: ``IdentityRefusal`` `invalid`, `rolesInUse`, or `overtaken` when another
    ///   replacement came in between.
    package func replaceRoles(
        of tenant: TenantID, with asked: [AskedRole], by caller: AuthenticatedUser,
        requestID: String, check: (StoredRoles) throws -> Void
    ) async throws -> ReplacedRoles {
        try AccessPolicy.check(.replaceTenantRoles, by: caller, on: .tenant(tenant))
        let before = try await self.storedRoles(of: tenant, by: caller)
        try check(before)
        let replacement = try RoleReplacement(asked, of: before.roles)
        var request = RetireRoles(
            tenant: tenant,
            roles: replacement.removed.map { .init(scope: $0.scope, name: $0.name) },
            isDone: false, actor: caller.user, requestID: requestID)
        let uses = try await self.contracts.send(request).uses
        let held = uses.filter { $0.members > 0 || $0.contracts > 0 }
        guard held.isEmpty else { throw IdentityRefusal.rolesInUse(held.map(RoleUse.init)) }
        let after = StoredRoles(roles: replacement.roles, revision: before.revision + 1)
        request.isDone = true
        let order = request
        try await self.database.write { transaction in
            guard
                try TenantStore.advanceRoles(
                    of: tenant, from: before.revision, in: transaction)
            else { throw IdentityRefusal.overtaken }
            try RoleStore.deleteAll(of: tenant, in: transaction)
            try RoleStore.insert(after.roles, of: tenant, in: transaction)
            try self.outbox.enqueue(
                OutboxMessage(
                    destination: Destination.contracts.rawValue,
                    key: "roles/\(tenant)/\(after.revision)", epoch: 0, kind: "RetireRoles",
                    payload: CBOREncoder().encode(order)),
                delayMilliseconds: IdentityLimits.sentAgainMilliseconds, in: transaction)
        }
        do {
            return ReplacedRoles(
                roles: after, uses: try await self.contracts.send(order).uses, isRetired: true)
        } catch is RPCError {
            return ReplacedRoles(roles: after, uses: uses, isRetired: false)
        }
    }
}

extension RoleUse {
    /// What the contracts service says of a role.
    fileprivate init(_ use: RetireRoles.Use) {
        self.init(
            scope: use.role.scope, name: use.role.name, members: use.members,
            contracts: use.contracts)
    }
}
