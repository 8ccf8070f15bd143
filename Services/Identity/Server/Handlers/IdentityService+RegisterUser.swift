import Identifiers
package import IdentityAPI
import IdentityDomain
import Storage

extension IdentityService {
    /// What is wrong with the parts of a user to be.
    package func checkNewUser(_ request: CheckNewUser) -> CheckNewUser.Reply {
        let faults = NewUser.faults(
            email: request.email, firstName: request.firstName, lastName: request.lastName,
            password: request.password, rule: self.passwordRule)
        return .init(faults: faults.map { .init(part: $0.field.rawValue, reason: $0.reason) })
    }

    /// Makes a user for somebody who accepts an invitation.
    ///
    /// For the same person again it gives the same user; the password proves that it is the same
    /// person, and a wrong one counts as it does when signing in.
    package func registerUser(_ request: RegisterUser) async throws -> RegisterUser.Reply {
        let new = try NewUser(
            email: request.email, firstName: request.firstName, lastName: request.lastName,
            password: request.password, rule: self.passwordRule)
        for _ in 0..<IdentityLimits.overtakenMax {
            if let known = try await self.knownUser(new, of: request.tenant) {
                guard try await self.isSame(known, as: new) else {
                    throw IdentityRefusal.emailTaken
                }
                return .init(user: known.summary)
            }
            let user = User(new, in: request.tenant, at: self.clock.nowMilliseconds)
            if try await self.add(user, password: new.password) {
                return .init(user: user.summary)
            }
        }
        throw IdentityRefusal.overtaken
    }

    private func knownUser(_ new: NewUser, of tenant: TenantID) async throws -> User? {
        try await self.database.lookUp { transaction in
            guard try TenantStore.exists(tenant, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            return try UserStore.user(of: tenant, email: new.email.folded, in: transaction)
        }
    }

    private func isSame(_ known: User, as new: NewUser) async throws -> Bool {
        guard known.firstName == new.firstName, known.lastName == new.lastName else {
            return false
        }
        let candidate = try await self.database.lookUp { transaction in
            try PasswordStore.candidate(known.id, in: transaction)
        }
        guard let candidate else { return false }
        return try await self.accepts(new.password, for: candidate)
    }
}
