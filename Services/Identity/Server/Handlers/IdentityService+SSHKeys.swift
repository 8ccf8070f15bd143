package import Identifiers
package import IdentityAPI
package import IdentityDomain
import Storage

/// Some of a user's SSH keys.
package struct SSHKeyList: Hashable, Sendable {
    /// The keys, in the order they were registered.
    package var keys: [SSHKey]
    /// How many there are in all.
    package var total: Int
}

extension IdentityService {
    /// The caller's SSH keys.
    package func listSSHKeys(
        limit: Int, offset: Int, of caller: AuthenticatedUser
    ) async throws -> SSHKeyList {
        try AccessPolicy.check(.listSSHKeys, by: caller)
        return try await self.database.read { transaction in
            SSHKeyList(
                keys: try SSHKeyStore.keys(
                    of: caller.user, limit: limit, offset: offset, in: transaction),
                total: try SSHKeyStore.count(of: caller.user, in: transaction))
        }
    }

    /// A key of the caller.
    ///
    /// - Throws: ``IdentityRefusal/unknownSSHKey``.
    package func sshKey(_ id: SSHKeyID, of caller: AuthenticatedUser) async throws -> SSHKey {
        try AccessPolicy.check(.getSSHKey, by: caller)
        let key = try await self.database.lookUp { transaction in
            try SSHKeyStore.key(id, of: caller.user, in: transaction)
        }
        guard let key else { throw IdentityRefusal.unknownSSHKey }
        return key
    }

    /// Registers a key of the caller.
    ///
    /// - Throws: ``IdentityRefusal`` `invalid`, `sshKeyTaken`, `tooManySSHKeys`, or `unknownUser`
    ///   when the caller was deleted a moment ago.
    package func addSSHKey(
        _ new: NewSSHKey, of caller: AuthenticatedUser
    ) async throws -> SSHKey {
        try AccessPolicy.check(.addSSHKey, by: caller)
        guard new.key.isOnItsCurve else {
            throw IdentityRefusal.invalid([
                MemberFault("/data/attributes/key", "must be a point on its curve.")
            ])
        }
        let now = self.clock.nowMilliseconds
        let key = SSHKey(
            id: SSHKeyID(secondsSince1970: now / 1_000), user: caller.user,
            fingerprint: new.key.fingerprint, title: new.title, text: new.key.text,
            createdAt: now)
        let max = self.limits.sshKeysPerUserMax
        try await self.database.write { transaction in
            guard try UserStore.user(caller.user, in: transaction) != nil else {
                throw IdentityRefusal.unknownUser
            }
            guard try SSHKeyStore.count(of: caller.user, in: transaction) < max else {
                throw IdentityRefusal.tooManySSHKeys(max: max)
            }
            guard try SSHKeyStore.insert(key, in: transaction) else {
                throw IdentityRefusal.sshKeyTaken
            }
        }
        return key
    }

    /// Removes a key of the caller.
    ///
    /// - Throws: ``IdentityRefusal/unknownSSHKey``.
    package func removeSSHKey(_ id: SSHKeyID, of caller: AuthenticatedUser) async throws {
        try AccessPolicy.check(.removeSSHKey, by: caller)
        let wasThere = try await self.database.write { transaction in
            try SSHKeyStore.delete(id, of: caller.user, in: transaction)
        }
        guard wasThere else { throw IdentityRefusal.unknownSSHKey }
    }
}
