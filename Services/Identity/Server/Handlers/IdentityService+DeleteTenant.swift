import CBOR
import ContractsAPI
package import Identifiers
package import IdentityAPI
import IdentityDomain
import RPC
import Storage

extension IdentityService {
    /// Deletes a tenant that has no contract.
    ///
    /// When this returns the tenant is gone for everybody and nobody of it can sign in; its users are
    /// erased after that, one by one, however often that is interrupted.
    ///
    /// - Throws: ``IdentityRefusal`` `unknownTenant`, `forbidden`, `operatingTenant`,
    ///   `tenantHasContracts`.
    package func deleteTenant(
        _ id: TenantID, by caller: AuthenticatedUser, requestID: String
    ) async throws {
        let tenant = try await self.database.read { transaction in
            try AccessPolicy.check(
                .deleteTenant, by: caller,
                on: .tenantOfPlatform(
                    id, operatedBy: try TenantStore.operating(in: transaction)))
            return try TenantStore.tenant(id, in: transaction)
        }
        guard let tenant else { throw IdentityRefusal.unknownTenant }
        guard !tenant.isOperating else { throw IdentityRefusal.operatingTenant }
        let reply = try await self.contracts.send(ReleaseTenant(tenant: id))
        if case .refused(let contracts) = reply {
            throw IdentityRefusal.tenantHasContracts(contracts)
        }
        let erasure = TenantErasure(tenant: id, actor: caller.user, requestID: requestID)
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            guard try TenantStore.markDeleting(id, at: now, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            try UserStore.lockOut(of: id, in: transaction)
            try self.outbox.enqueue(
                OutboxMessage(
                    destination: Destination.tenants.rawValue, key: id.text, epoch: 0,
                    kind: "TenantErasure", payload: CBOREncoder().encode(erasure)),
                in: transaction)
        }
    }

    /// Erases the users of a tenant that is being deleted, and then the tenant.
    ///
    /// The contracts service takes each user out of its audit trails as it does with any deleted user.
    func erase(_ erasure: TenantErasure) async throws {
        while true {
            let users = try await self.database.read { transaction in
                try UserStore.some(
                    of: erasure.tenant, max: IdentityLimits.usersErasedAtOnce, in: transaction)
            }
            guard !users.isEmpty else { break }
            for user in users {
                let reply = try await self.contracts.send(
                    RemoveUser(
                        user: user, tenant: erasure.tenant, actor: erasure.actor,
                        requestID: erasure.requestID))
                guard case .removed = reply else {
                    throw RPCError(.failedPrecondition, "a user is a member of a contract still")
                }
            }
            try await self.database.write { transaction in
                _ = try Self.erase(users, in: transaction)
            }
        }
        try await self.database.write { transaction in
            try RoleStore.deleteAll(of: erasure.tenant, in: transaction)
            try TenantStore.delete(erasure.tenant, in: transaction)
        }
    }
}

/// A tenant whose users are to be erased.
struct TenantErasure: Codable, Hashable {
    var tenant: TenantID
    /// Who deleted the tenant.
    var actor: UserID
    /// What the public request is called in logs and in audit trails.
    var requestID: String

    enum CodingKeys: Int, CodingKey {
        case tenant = 1
        case actor = 2
        case requestID = 3
    }
}
