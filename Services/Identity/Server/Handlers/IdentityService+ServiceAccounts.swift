package import Identifiers
package import IdentityAPI
package import IdentityDomain
import Storage

extension IdentityService {
    /// Makes a service account in the caller's tenant, with its first key: the one time it is known.
    ///
    /// - Throws: ``IdentityRefusal`` `forbidden` or `emailTaken`.
    package func createServiceAccount(
        _ new: NewServiceAccount, by caller: AuthenticatedUser
    ) async throws -> (account: User, key: APIKey) {
        try AccessPolicy.check(.createServiceAccount, by: caller)
        let now = self.clock.nowMilliseconds
        let account = User(new, in: caller.tenant, at: now)
        let key = APIKey()
        let digest = KeyDigest(key)
        try await self.database.write { transaction in
            guard try UserStore.insert(account, in: transaction) else {
                throw IdentityRefusal.emailTaken
            }
            try APIKeyStore.replace(of: account.id, with: digest, at: now, in: transaction)
        }
        return (account, key)
    }

    /// The service accounts of the caller's tenant.
    ///
    /// - Throws: ``IdentityRefusal/forbidden``.
    package func listServiceAccounts(
        limit: Int, offset: Int, by caller: AuthenticatedUser
    ) async throws -> UserList {
        try AccessPolicy.check(.listServiceAccounts, by: caller)
        return try await self.database.read { transaction in
            UserList(
                users: try UserStore.serviceAccounts(
                    of: caller.tenant, limit: limit, offset: offset, in: transaction),
                total: try UserStore.serviceAccountCount(of: caller.tenant, in: transaction))
        }
    }

    /// Deletes a service account as a user is deleted.
    package func deleteServiceAccount(
        _ id: UserID, by caller: AuthenticatedUser, requestID: String
    ) async throws {
        try await self.delete(id, .deleteServiceAccount, by: caller, requestID: requestID) {
            $0.isServiceAccount
        }
    }
}
