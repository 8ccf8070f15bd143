import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of roles and permissions.
enum RoleRoutes {
    static let permissions = Route(
        .get, "/v2/permissions", id: AccessPolicy.Operation.listPermissions.rawValue,
        summary: "Lists the permissions a role may be made of", permission: "every user",
        answers: [.init(200, "The permissions.", .json(Self.permissionsDocument))])

    static let roles = Route(
        .get, "/v2/tenants/{tenant_id}/roles",
        id: AccessPolicy.Operation.listTenantRoles.rawValue,
        summary: "Shows the tenant's role catalogue", permission: "Tenant Admin",
        answers: [.init(200, "The roles.", .document("tenant-policy"))])

    private static let permissionsDocument = Schema.object([
        .required(
            "data",
            .object([
                .required("id", .nullable(.string)),
                .required("type", .choice(["permissions"])),
                .required("attributes", .object([.required("permissions", .list(.string))])),
            ])),
        .required("meta", .map(.anything)),
    ])
}

extension IdentityService {
    /// Answers what concerns roles and permissions.
    func addRoles(to routes: inout PublicRoutes) {
        Self.on(RoleRoutes.permissions, &routes) { _, caller in
            try AccessPolicy.check(.listPermissions, by: caller)
            // The published document has no id: there is one such resource for everybody.
            return .json([
                "data": [
                    "id": nil, "type": "permissions",
                    "attributes": ["permissions": .strings(Permissions.assignable)],
                ],
                "meta": [:],
            ])
        }
        Self.on(RoleRoutes.roles, &routes) { request, caller in
            let tenant: TenantID = try request.identifier("tenant_id", "Tenant")
            let roles = try await self.roles(of: tenant, by: caller)
            return .document(Document(Self.policy(of: tenant, roles)))
        }
    }

    private static func policy(of tenant: TenantID, _ roles: [Role]) -> Resource {
        Resource(
            type: "tenant-policy", id: tenant.text, selfLink: "/v2/tenants/\(tenant)/roles",
            attributes: ["roles": .array(roles.map(Self.json))],
            relationships: ["tenant": .one("tenant", tenant.text)])
    }

    private static func json(of role: Role) -> JSON {
        let titles = role.titles.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
        return [
            "role": .string(role.name), "scope": .string(role.scope),
            "permissions": .strings(role.permissions), "i18n": .object(JSONObject(titles)),
        ]
    }
}
