package import IdentityAPI
package import IdentityDomain
import Storage

extension IdentityService {
    /// Makes a user in the caller's tenant.
    ///
    /// - Throws: ``IdentityRefusal`` `forbidden`, `emailTaken` or `busy`.
    package func createUser(
        _ new: NewUser, by caller: AuthenticatedUser
    ) async throws -> User {
        try AccessPolicy.check(.createUser, by: caller)
        let user = User(new, in: caller.tenant, at: self.clock.nowMilliseconds)
        guard try await self.add(user, password: new.password) else {
            throw IdentityRefusal.emailTaken
        }
        return user
    }

    /// Adds a user with a password; `false` when the tenant has the address already.
    func add(_ user: User, password: String) async throws -> Bool {
        let hash = try await self.hasher.hash(password)
        return try await self.database.write { transaction in
            guard try UserStore.insert(user, in: transaction) else { return false }
            try PasswordStore.insert(hash, of: user.id, at: user.registered, in: transaction)
            return true
        }
    }
}
