import Identifiers
import IdentityAPI
import IdentityDomain
import Storage

/// What others may know of users, answered from what was read last while nothing was written since.
struct UserSummaries: Sendable {
    private let database: any Database
    private let kept = ReadCache<UserID, UserSummary>(entriesMax: IdentityLimits.keptUsersMax)

    /// Reads a database.
    init(_ database: any Database) { self.database = database }

    /// The users with these ids that exist, each once, in no particular order.
    func find(_ users: Set<UserID>) async throws -> [UserSummary] {
        let version = self.database.version
        var found: [UserSummary] = []
        var others: [UserID] = []
        found.reserveCapacity(users.count)
        for user in users {
            if let known = self.kept.value(of: user, at: version) {
                found.append(known)
            } else {
                others.append(user)
            }
        }
        guard !others.isEmpty else { return found }
        for summary in try await self.read(others) {
            self.kept.keep(summary, of: summary.user, readAt: version)
            found.append(summary)
        }
        return found
    }

    private func read(_ users: [UserID]) async throws -> [UserSummary] {
        let body = { @Sendable (transaction: any ReadTransaction) in
            try users.compactMap { try UserStore.user($0, in: transaction)?.summary }
        }
        return users.count <= IdentityLimits.lookedUpUsersMax
            ? try await self.database.lookUp(body) : try await self.database.read(body)
    }
}
