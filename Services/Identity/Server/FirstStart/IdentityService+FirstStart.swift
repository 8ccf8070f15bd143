import Identifiers
import IdentityDomain
import PublicHTTP
import Storage

extension IdentityService {
    /// The file in the data directory that holds the first admin's key until the operator deletes it.
    public static let firstAdminFile = "first-admin.json"

    /// Makes the first tenant, its role catalogue and its Tenant Admin, unless there is a tenant.
    ///
    /// The key is written to ``firstAdminFile`` (mode 0600) *before* the admin exists: a crash in
    /// between leaves a file without an admin, which the next start replaces, and never an admin
    /// whose key nobody knows. Only the key's hash goes into the database.
    ///
    /// - Returns: the admin that was made; `nil` on every later start.
    /// - Throws: ``FirstStartError`` naming the setting that is wrong; errors of the disk.
    public func startFirst(
        _ tenant: FirstTenant = FirstTenant(), dataDirectory: String
    ) async throws -> FirstAdmin? {
        let isFirst = try await self.database.read { try TenantStore.isEmpty(in: $0) }
        guard isFirst else { return nil }
        let now = self.clock.nowMilliseconds
        let user = try Self.admin(of: tenant, at: now)
        let key = APIKey()
        let admin = FirstAdmin(
            tenant: user.tenant, email: user.email, apiKey: Secret(key.text))
        try PrivateFile.replace(
            "\(dataDirectory)/\(Self.firstAdminFile)", with: admin.file)
        let digest = KeyDigest(key)
        try await self.database.write { transaction in
            try TenantStore.insert(
                Tenant(id: user.tenant, name: tenant.name, createdAt: now, isOperating: true),
                in: transaction)
            try RoleStore.insert(RoleCatalogue.standard, of: user.tenant, in: transaction)
            _ = try UserStore.insert(user, in: transaction)
            try APIKeyStore.replace(of: user.id, with: digest, at: now, in: transaction)
        }
        return admin
    }

    private static func admin(of tenant: FirstTenant, at now: Int64) throws -> User {
        guard (1...100).contains(tenant.name.count), tenant.name.contains(where: { $0 != " " })
        else {
            throw FirstStartError(
                description: "bootstrap.tenant-name must have 1 to 100 characters")
        }
        guard let email = EmailAddress(tenant.adminEmail) else {
            throw FirstStartError(description: "bootstrap.admin-email must be an e-mail address")
        }
        return User(
            id: UserID(secondsSince1970: now / 1_000),
            tenant: TenantID(secondsSince1970: now / 1_000), email: email.text,
            firstName: "Tenant", lastName: "Admin", company: nil, isTenantAdmin: true,
            registered: now)
    }
}
