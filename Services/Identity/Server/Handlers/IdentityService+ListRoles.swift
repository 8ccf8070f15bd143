import Identifiers
package import IdentityAPI
import IdentityDomain
import Storage

extension IdentityService {
    /// A tenant's role catalogue.
    ///
    /// - Throws: ``IdentityRefusal/unknownTenant``.
    package func listRoles(_ request: ListRoles) async throws -> ListRoles.Reply {
        try await self.database.read { transaction in
            guard try TenantStore.exists(request.tenant, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            return .init(roles: try RoleStore.roles(of: request.tenant, in: transaction))
        }
    }
}
