import Identifiers
import IdentityAPI
import Storage

/// The rows of role catalogues; the only code that knows their columns.
enum RoleStore {
    private static let roles = "SELECT scope, name FROM role WHERE tenant_id = ?"
    private static let permissions = """
        SELECT scope, role, permission FROM role_permission WHERE tenant_id = ?
        """
    private static let titles = """
        SELECT scope, role, language, title FROM role_title WHERE tenant_id = ?
        """

    private struct Key: Hashable {
        var scope: String
        var name: String
    }

    /// A tenant's roles, by scope and name, each with its permissions in order.
    static func roles(
        of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> [Role] {
        var permissions: [Key: [String]] = [:]
        for row in try transaction.rows(Self.permissions, [tenant.text]) {
            let key = Key(scope: try row.text("scope"), name: try row.text("role"))
            permissions[key, default: []].append(try row.text("permission"))
        }
        var titles: [Key: [String: String]] = [:]
        for row in try transaction.rows(Self.titles, [tenant.text]) {
            let key = Key(scope: try row.text("scope"), name: try row.text("role"))
            titles[key, default: [:]][try row.text("language")] = try row.text("title")
        }
        var roles: [Role] = []
        for row in try transaction.rows(Self.roles, [tenant.text]) {
            let key = Key(scope: try row.text("scope"), name: try row.text("name"))
            roles.append(
                Role(
                    scope: key.scope, name: key.name,
                    permissions: permissions[key, default: []].sorted(),
                    titles: titles[key, default: [:]]))
        }
        return roles.sorted { ($0.scope, $0.name) < ($1.scope, $1.name) }
    }

    /// Empties a tenant's catalogue.
    static func deleteAll(
        of tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        for table in ["role_title", "role_permission", "role"] {
            try transaction.execute("DELETE FROM \(table) WHERE tenant_id = ?", [tenant.text])
        }
    }

    /// Adds roles to a tenant's catalogue.
    static func insert(
        _ roles: [Role], of tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        for role in roles {
            try transaction.execute(
                "INSERT INTO role (tenant_id, scope, name) VALUES (?, ?, ?)",
                [tenant.text, role.scope, role.name])
            for permission in role.permissions {
                try transaction.execute(
                    """
                    INSERT INTO role_permission (tenant_id, scope, role, permission)
                    VALUES (?, ?, ?, ?)
                    """, [tenant.text, role.scope, role.name, permission])
            }
            for (language, title) in role.titles {
                try transaction.execute(
                    """
                    INSERT INTO role_title (tenant_id, scope, role, language, title)
                    VALUES (?, ?, ?, ?, ?)
                    """, [tenant.text, role.scope, role.name, language, title])
            }
        }
    }
}
