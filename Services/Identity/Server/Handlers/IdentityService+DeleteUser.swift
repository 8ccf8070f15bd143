import ContractsAPI
package import Identifiers
package import IdentityAPI
import IdentityDomain
import RPC
import Storage

extension IdentityService {
    /// Deletes a user of the caller's tenant with everything that is kept of them.
    ///
    /// The contracts service first takes the user out of every contract, by the rules members are
    /// removed by; once nothing stands against it the user, keys and sessions are deleted here, and
    /// are dead when this returns. Should it be interrupted between the two, the contracts service
    /// has a person deleted all the same, and repeating the request deletes a service account.
    ///
    /// - Throws: ``IdentityRefusal`` `unknownUser`, `forbidden`, `protectedUsers` for a Tenant Admin,
    ///   `membershipsStay` naming what stands against it.
    package func deleteUser(
        _ id: UserID, by caller: AuthenticatedUser, requestID: String
    ) async throws {
        try await self.delete(id, .deleteUser, by: caller, requestID: requestID) {
            !$0.isServiceAccount
        }
    }

    /// Deletes a user, if `isMeant` says that it is one of the kind asked for.
    func delete(
        _ id: UserID, _ operation: AccessPolicy.Operation, by caller: AuthenticatedUser,
        requestID: String, isMeant: (User) -> Bool
    ) async throws {
        let user = try await self.database.lookUp { transaction in
            try UserStore.user(id, in: transaction)
        }
        guard let user, isMeant(user) else { throw IdentityRefusal.unknownUser }
        try AccessPolicy.check(operation, by: caller, on: .user(user.id, user.tenant))
        guard !user.isTenantAdmin else { throw IdentityRefusal.protectedUsers([user.id]) }
        let reply = try await self.contracts.send(
            RemoveUser(
                user: user.id, tenant: user.tenant, actor: caller.user, requestID: requestID))
        if case .refused(let obstacles, let total) = reply {
            throw IdentityRefusal.membershipsStay(
                obstacles.map { StayingMembership($0) }, total: total)
        }
        try await self.database.write { transaction in
            _ = try Self.erase([user.id], in: transaction)
        }
    }
}

extension StayingMembership {
    /// What the contracts service says stands against it.
    fileprivate init(_ obstacle: RemoveUser.Obstacle) {
        let reason: Reason =
            switch obstacle.reason {
            case .lastOwner: .lastOwner
            case .suspended: .suspended
            case .deleting: .deleting
            }
        self.init(contract: obstacle.contract, reason: reason)
    }
}
