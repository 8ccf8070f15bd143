import CBOR
import ContractLifecycle
import ContractParticipant
import Identifiers
package import IdentityAPI
import IdentityDomain
import RPC
import Storage

extension IdentityService {
    /// Deletes users whose last contract is gone, with all that is kept of them.
    ///
    /// The same operation may release several lots of users; each lot is answered as the first time
    /// when it comes again, in whatever order it names them.
    package func releaseUsers(_ request: ReleaseUsers) async throws -> ReleaseUsers.Reply {
        guard request.users.count <= ReleaseUsers.usersMax else {
            throw IdentityRefusal.tooMany(max: ReleaseUsers.usersMax)
        }
        let users = Set(request.users).sorted()
        let content = try CBOREncoder().encode(
            ReleaseUsers(operation: request.operation, users: users))
        let lot = try LifecycleDigest.of(users).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        let sender = CallContext.current.caller?.text ?? Identity.name
        let answer = try await self.database.write { transaction in
            try self.inbox.answer(
                to: "ReleaseUsers/\(request.operation)/\(lot)", from: sender, content: content,
                in: transaction
            ) {
                try CBOREncoder().encode(Self.release(users, in: transaction))
            }
        }
        return try CBORDecoder().decode(ReleaseUsers.Reply.self, from: answer)
    }

    private static func release(
        _ users: [UserID], in transaction: any WriteTransaction
    ) throws -> ReleaseUsers.Reply {
        let protected = try users.filter { id in
            guard let user = try UserStore.user(id, in: transaction) else { return false }
            // An administrator goes with the tenant alone.
            return try user.isTenantAdmin
                && TenantStore.tenant(user.tenant, in: transaction) != nil
        }
        guard protected.isEmpty else { throw IdentityRefusal.protectedUsers(protected) }
        return .init(deleted: try Self.erase(users, in: transaction))
    }

    /// Deletes everything that is kept of users, children before parents; says how much of each kind.
    static func erase(
        _ users: [UserID], in transaction: any WriteTransaction
    ) throws(StorageError) -> [KindCount] {
        var passwords = 0
        var keys = 0
        var sessions = 0
        var sshKeys = 0
        var accounts = 0
        for user in users {
            passwords += try PasswordStore.delete(of: user, in: transaction)
            keys += try APIKeyStore.deleteAll(of: user, in: transaction)
            sessions += try SessionStore.deleteAll(of: user, in: transaction)
            sshKeys += try SSHKeyStore.deleteAll(of: user, in: transaction)
            accounts += try UserStore.delete(user, in: transaction)
        }
        return [
            KindCount(kind: "passwords", count: passwords),
            KindCount(kind: "api_keys", count: keys),
            KindCount(kind: "sessions", count: sessions),
            KindCount(kind: "ssh_keys", count: sshKeys),
            KindCount(kind: "users", count: accounts),
        ]
    }
}
