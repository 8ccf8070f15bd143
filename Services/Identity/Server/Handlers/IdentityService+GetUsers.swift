package import Identifiers
package import IdentityAPI
package import IdentityDomain
import Storage

extension IdentityService {
    /// The users with these ids, as far as they exist.
    package func getUsers(_ request: GetUsers) async throws -> GetUsers.Reply {
        guard request.users.count <= GetUsers.usersMax else {
            throw IdentityRefusal.tooMany(max: GetUsers.usersMax)
        }
        return .init(users: try await self.summaries.find(Set(request.users)))
    }

    /// The user of a tenant with an address.
    package func findUser(_ request: FindUser) async throws -> FindUser.Reply {
        let folded = EmailAddress.fold(request.email)
        return try await self.database.lookUp { transaction in
            let user = try UserStore.user(of: request.tenant, email: folded, in: transaction)
            return .init(user: user?.summary)
        }
    }

    /// The caller.
    ///
    /// - Throws: ``IdentityRefusal/unknownUser`` when the caller was deleted a moment ago.
    package func me(_ caller: AuthenticatedUser) async throws -> User {
        try AccessPolicy.check(.getMe, by: caller)
        return try await self.existing(caller.user)
    }

    /// A user, as far as the caller may know of them.
    package func user(_ id: UserID, by caller: AuthenticatedUser) async throws -> User {
        let user = try await self.existing(id)
        try AccessPolicy.check(.getUser, by: caller, on: .user(user.id, user.tenant))
        return user
    }

    private func existing(_ id: UserID) async throws -> User {
        let user = try await self.database.lookUp { transaction in
            try UserStore.user(id, in: transaction)
        }
        guard let user else { throw IdentityRefusal.unknownUser }
        return user
    }
}
