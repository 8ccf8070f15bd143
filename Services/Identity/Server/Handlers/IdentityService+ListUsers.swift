package import IdentityAPI
package import IdentityDomain
import Storage

/// Some of a tenant's users.
package struct UserList: Hashable, Sendable {
    /// The users, in the order they were made.
    package var users: [User]
    /// How many there are in all.
    package var total: Int
}

extension IdentityService {
    /// The people of the caller's tenant, all or those with an address.
    ///
    /// - Throws: ``IdentityRefusal/forbidden``.
    package func listUsers(
        email: String?, limit: Int, offset: Int, by caller: AuthenticatedUser
    ) async throws -> UserList {
        try AccessPolicy.check(.listUsers, by: caller)
        return try await self.database.read { transaction in
            guard let email else {
                return UserList(
                    users: try UserStore.people(
                        of: caller.tenant, limit: limit, offset: offset, in: transaction),
                    total: try UserStore.peopleCount(of: caller.tenant, in: transaction))
            }
            let user = try UserStore.user(
                of: caller.tenant, email: EmailAddress.fold(email), in: transaction)
            let found = user.map { $0.isServiceAccount ? [] : [$0] } ?? []
            return UserList(users: offset == 0 ? found : [], total: found.count)
        }
    }
}
