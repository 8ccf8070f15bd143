package import IdentityAPI
import IdentityDomain
import Storage

extension IdentityService {
    /// Says who stands behind an address and a secret.
    ///
    /// A key costs one read through an index and no scrypt. A password takes the same time whether
    /// or not there is an account with the address, and whether or not it is locked.
    ///
    /// - Parameter clientAddress: The IP address the request comes from, whose wrong passwords are
    ///   counted too; `nil` when it has none.
    package func authenticate(
        _ request: Authenticate, from clientAddress: String? = nil
    ) async throws -> Authenticate.Reply {
        if let key = APIKey(request.secret) {
            return try await self.authenticate(request.email, with: key)
        }
        guard request.accepting == .apiKeyOrPassword,
            let user = try await self.user(
                email: request.email, password: request.secret, from: clientAddress)
        else { return .refused }
        return .accepted(user.authenticated)
    }

    private func authenticate(
        _ email: String, with key: APIKey
    ) async throws -> Authenticate.Reply {
        let digest = KeyDigest(key)
        let holder = try await self.database.lookUp { transaction in
            try APIKeyStore.holder(of: digest, in: transaction)
        }
        guard let holder, EmailAddress.fold(holder.email) == EmailAddress.fold(email) else {
            return .refused
        }
        return .accepted(holder)
    }

    private func user(
        email: String, password: String, from clientAddress: String?
    ) async throws -> User? {
        guard let clientAddress else {
            return try await self.user(email: email, password: password)
        }
        guard self.addresses.admit(clientAddress) else {
            // The same work as for anybody, and nobody's account is locked by it.
            _ = try await self.hasher.matches(password, nil)
            return nil
        }
        let user = try await self.user(email: email, password: password)
        if user != nil { self.addresses.forgive(clientAddress) }
        return user
    }

    private func user(email: String, password: String) async throws -> User? {
        let folded = EmailAddress.fold(email)
        let candidates = try await self.database.lookUp { transaction in
            try PasswordStore.candidates(email: folded, in: transaction)
        }
        guard !candidates.isEmpty else {
            _ = try await self.hasher.matches(password, nil)
            return nil
        }
        for candidate in candidates
        where try await self.hasher.matches(password, candidate.password) {
            return try await self.settle(candidate, isRight: true) ? candidate.user : nil
        }
        for candidate in candidates { _ = try await self.settle(candidate, isRight: false) }
        return nil
    }

    /// Whether `password` is the candidate's and the account takes passwords; counts a wrong one.
    func accepts(_ password: String, for candidate: PasswordStore.Candidate) async throws -> Bool {
        let isRight = try await self.hasher.matches(password, candidate.password)
        return try await self.settle(candidate, isRight: isRight)
    }

    private func settle(
        _ candidate: PasswordStore.Candidate, isRight: Bool
    ) async throws -> Bool {
        let now = self.clock.nowMilliseconds
        let rule = self.lockoutRule
        return try await self.database.write { transaction in
            guard let before = try PasswordStore.attempts(at: candidate, in: transaction) else {
                return false
            }
            var attempts = before
            let verdict = attempts.settle(isRight: isRight, at: now, rule: rule)
            if attempts != before {
                try PasswordStore.save(attempts, of: candidate.user.id, in: transaction)
            }
            return verdict == .accepted
        }
    }
}
