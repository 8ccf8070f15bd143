package import Identifiers
package import IdentityAPI
package import IdentityDomain
import Storage

extension IdentityService {
    /// The tenants the caller administers: their own.
    package func listTenants(by caller: AuthenticatedUser) async throws -> [Tenant] {
        try AccessPolicy.check(.listTenants, by: caller)
        return [try await self.existing(caller.tenant)]
    }

    /// A tenant, as far as the caller may know of it.
    package func tenant(_ id: TenantID, by caller: AuthenticatedUser) async throws -> Tenant {
        try AccessPolicy.check(.getTenant, by: caller, on: .tenant(id))
        return try await self.existing(id)
    }

    /// Gives a tenant another name.
    package func renameTenant(
        _ id: TenantID, to name: String, by caller: AuthenticatedUser
    ) async throws -> Tenant {
        try AccessPolicy.check(.updateTenant, by: caller, on: .tenant(id))
        return try await self.database.write { transaction in
            guard var tenant = try TenantStore.tenant(id, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            try tenant.rename(name)
            try TenantStore.update(tenant, in: transaction)
            return tenant
        }
    }

    private func existing(_ id: TenantID) async throws -> Tenant {
        let tenant = try await self.database.lookUp { transaction in
            try TenantStore.tenant(id, in: transaction)
        }
        guard let tenant else { throw IdentityRefusal.unknownTenant }
        return tenant
    }
}
