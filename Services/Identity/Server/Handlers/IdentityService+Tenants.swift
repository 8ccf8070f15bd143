package import Identifiers
package import IdentityAPI
package import IdentityDomain
import Storage

/// Some of the tenants.
package struct TenantList: Hashable, Sendable {
    /// The tenants, in the order of their ids.
    package var tenants: [Tenant]
    /// How many there are in all.
    package var total: Int
}

extension IdentityService {
    /// The tenants the caller may see: all of them for the platform's operators, else their own.
    package func listTenants(
        limit: Int, offset: Int, by caller: AuthenticatedUser
    ) async throws -> TenantList {
        try AccessPolicy.check(.listTenants, by: caller)
        return try await self.database.read { transaction in
            let operating = try TenantStore.operating(in: transaction)
            if AccessPolicy.operates(caller, operator: operating) {
                return TenantList(
                    tenants: try TenantStore.page(limit: limit, offset: offset, in: transaction),
                    total: try TenantStore.count(in: transaction))
            }
            guard let own = try TenantStore.tenant(caller.tenant, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            return TenantList(tenants: offset == 0 ? [own] : [], total: 1)
        }
    }

    /// A tenant, as far as the caller may know of it.
    package func tenant(_ id: TenantID, by caller: AuthenticatedUser) async throws -> Tenant {
        try await self.database.read { transaction in
            try AccessPolicy.check(
                .getTenant, by: caller,
                on: .tenantOfPlatform(
                    id, operatedBy: try TenantStore.operating(in: transaction)))
            guard let tenant = try TenantStore.tenant(id, in: transaction) else {
                throw IdentityRefusal.unknownTenant
            }
            return tenant
        }
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

    /// Makes a tenant with the standard role catalogue and its first Tenant Admin.
    ///
    /// - Throws: ``IdentityRefusal`` `forbidden` or `busy`.
    package func createTenant(
        _ new: NewTenant, by caller: AuthenticatedUser
    ) async throws -> (tenant: Tenant, admin: User) {
        try await self.checkOperator(.createTenant, by: caller)
        let hash = try await self.hasher.hash(new.admin.password)
        let now = self.clock.nowMilliseconds
        let tenant = Tenant(
            id: TenantID(secondsSince1970: now / 1_000), name: new.name, createdAt: now)
        let admin = User(new.admin, in: tenant.id, isTenantAdmin: true, at: now)
        try await self.database.write { transaction in
            try TenantStore.insert(tenant, in: transaction)
            try RoleStore.insert(RoleCatalogue.standard, of: tenant.id, in: transaction)
            _ = try UserStore.insert(admin, in: transaction)
            try PasswordStore.insert(hash, of: admin.id, at: now, in: transaction)
        }
        return (tenant, admin)
    }

    private func checkOperator(
        _ operation: AccessPolicy.Operation, by caller: AuthenticatedUser
    ) async throws {
        let operating = try await self.database.read { try TenantStore.operating(in: $0) }
        try AccessPolicy.check(operation, by: caller, on: .platform(operatedBy: operating))
    }
}
