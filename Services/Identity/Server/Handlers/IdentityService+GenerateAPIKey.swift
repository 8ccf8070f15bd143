package import IdentityAPI
package import IdentityDomain
import Storage

extension IdentityService {
    /// Gives the caller a new key; the one before is dead when this returns.
    ///
    /// - Throws: ``IdentityRefusal/unknownUser`` when the caller was deleted a moment ago.
    package func generateAPIKey(
        for caller: AuthenticatedUser
    ) async throws -> (user: User, key: APIKey) {
        try AccessPolicy.check(.generateAPIKey, by: caller)
        let key = APIKey()
        let digest = KeyDigest(key)
        let now = self.clock.nowMilliseconds
        let user = try await self.database.write { transaction in
            guard let user = try UserStore.user(caller.user, in: transaction) else {
                throw IdentityRefusal.unknownUser
            }
            try APIKeyStore.replace(of: user.id, with: digest, at: now, in: transaction)
            return user
        }
        return (user, key)
    }
}
