package import Identifiers
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

    /// A tenant's role catalogue, as far as the caller may see it.
    package func roles(
        of tenant: TenantID, by caller: AuthenticatedUser
    ) async throws -> [Role] {
        try AccessPolicy.check(.listTenantRoles, by: caller, on: .tenant(tenant))
        return try await self.listRoles(ListRoles(tenant: tenant)).roles
    }
}
