package import Identifiers
package import IdentityAPI
package import IdentityDomain
import Storage

extension IdentityService {
    /// Changes what the caller may change of themselves.
    ///
    /// A new password ends all sessions but the one the request is made by; API keys go on working. A
    /// wrong current password counts as it does when signing in, and a locked account takes none.
    ///
    /// - Parameters:
    ///   - session: The session the request is made by, if it is.
    ///   - clientAddress: The IP address the request comes from, whose wrong passwords are counted.
    /// - Throws: ``IdentityRefusal`` `invalidUser`, `wrongPassword`, `forbidden` for the password of a
    ///   service account, `busy`, `unknownUser` when the caller was deleted a moment ago, `overtaken`
    ///   when the password was changed meanwhile.
    package func updateMe(
        _ change: UserChange, by caller: AuthenticatedUser, session: SessionID?,
        from clientAddress: String?
    ) async throws -> User {
        try AccessPolicy.check(.updateMe, by: caller)
        guard let password = change.password else {
            return try await self.save(change, of: caller.user) { _ in }
        }
        let known = try await self.database.lookUp { transaction in
            try PasswordStore.candidate(caller.user, in: transaction)
        }
        try await self.prove(password.current, of: known, from: clientAddress)
        let hash = try await self.hasher.hash(password.new)
        let now = self.clock.nowMilliseconds
        return try await self.save(change, of: caller.user) { transaction in
            let stored = try PasswordStore.candidate(caller.user, in: transaction)
            guard stored?.password == known?.password else { throw IdentityRefusal.overtaken }
            _ = try PasswordStore.delete(of: caller.user, in: transaction)
            try PasswordStore.insert(hash, of: caller.user, at: now, in: transaction)
            try SessionStore.deleteAll(of: caller.user, but: session, in: transaction)
        }
    }

    private func save(
        _ change: UserChange, of id: UserID,
        alongside: @Sendable @escaping (any WriteTransaction) throws -> Void
    ) async throws -> User {
        try await self.database.write { transaction in
            guard var user = try UserStore.user(id, in: transaction) else {
                throw IdentityRefusal.unknownUser
            }
            guard change.password == nil || !user.isServiceAccount else {
                throw IdentityRefusal.forbidden
            }
            user.change(change)
            try UserStore.update(user, in: transaction)
            try alongside(transaction)
            return user
        }
    }

    /// Lets pass who knows the current password, or whose account has none.
    private func prove(
        _ current: String?, of known: PasswordStore.Candidate?, from clientAddress: String?
    ) async throws {
        switch (known, current) {
        case (nil, nil): return
        case (nil, .some): throw IdentityRefusal.wrongPassword
        case (.some, nil):
            throw IdentityRefusal.invalidUser([
                UserFault(.currentPassword, "must be given with the new one.")
            ])
        case (let known?, let current?):
            if let clientAddress, !self.addresses.admit(clientAddress) {
                throw IdentityRefusal.wrongPassword
            }
            guard try await self.accepts(current, for: known) else {
                throw IdentityRefusal.wrongPassword
            }
            if let clientAddress { self.addresses.forgive(clientAddress) }
        }
    }
}
