import ContractsDomain
import Identifiers
import IdentityAPI
import RPC
import Storage
import Synchronization

/// The role catalogues of tenants, as identity last told them.
///
/// A copy is used for ten seconds. When identity does not answer, the last good copy is used for as
/// long as that lasts; only a tenant never heard of has to wait.
final class RoleCatalogues: Sendable {
    private struct Copy {
        var catalogue: RoleCatalogue
        var askAgainAt: Int64
    }

    /// How long after a failure identity is not asked again.
    private static let failureMilliseconds: Int64 = 1_000

    private let copies = Mutex<[TenantID: Copy]>([:])
    private let identity: RPCClient<Identity>
    private let clock: any WallClock
    private let lifetimeMilliseconds: Int64

    init(
        identity: RPCClient<Identity>, clock: any WallClock, lifetimeMilliseconds: Int64
    ) {
        self.identity = identity
        self.clock = clock
        self.lifetimeMilliseconds = lifetimeMilliseconds
    }

    /// Forgets the copy of a tenant's catalogue, because it was replaced.
    func forget(_ tenant: TenantID) { _ = self.copies.withLock { $0.removeValue(forKey: tenant) } }

    /// A tenant's catalogue.
    ///
    /// Whoever finds a copy too old asks; all others use the copy meanwhile.
    func catalogue(of tenant: TenantID) async throws -> RoleCatalogue {
        let now = self.clock.nowMilliseconds
        let (known, isFresh) = self.copies.withLock { copies in
            guard let copy = copies[tenant] else { return (nil as RoleCatalogue?, false) }
            // A clock that was set back makes a copy old, not young for ever.
            let isFresh =
                now < copy.askAgainAt && copy.askAgainAt - now <= self.lifetimeMilliseconds
            if !isFresh { copies[tenant]?.askAgainAt = now + Self.failureMilliseconds }
            return (copy.catalogue, isFresh)
        }
        if let known, isFresh { return known }
        do {
            let reply = try await self.identity.send(ListRoles(tenant: tenant))
            let catalogue = RoleCatalogue(reply.roles)
            self.copies.withLock {
                $0[tenant] = Copy(
                    catalogue: catalogue, askAgainAt: now + self.lifetimeMilliseconds)
            }
            return catalogue
        } catch {
            guard let known else { throw error }
            return known
        }
    }
}

extension RoleCatalogue {
    /// The catalogue as identity tells it; scopes that mean nothing here are left out.
    init(_ roles: [Role]) {
        self.init(
            roles.compactMap { role in
                RoleScope(rawValue: role.scope).map { scope in
                    Entry(
                        RoleReference(scope, role.name), permissions: role.permissions,
                        titles: role.titles)
                }
            })
    }
}
