import ContractsAPI
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

    static let replaceRoles = Route(
        .patch, "/v2/tenants/{tenant_id}/roles",
        id: AccessPolicy.Operation.replaceTenantRoles.rawValue,
        summary: "Replaces the tenant's whole role catalogue; If-Match guards it",
        permission: "Tenant Admin",
        body: .json(
            .resource(
                "tenant-policy", id: .optional,
                attributes: [.required("roles", .array(Self.role, counts: 0...100))])),
        answers: [
            .init(
                200, "The roles; `meta` tells the pending invites that were and will be revoked.",
                .document("tenant-policy"))
        ])

    private static let role = Schema.object([
        .required("role", .string, "The name, unique in its scope."),
        .required("scope", .choice(RoleCatalogue.scopes)),
        .required("permissions", .list(.string)),
        .required("i18n", .map(.string), "The title by language; \"en\" must be there."),
    ])

    private static let permission = Schema.object([
        .required("name", .string),
        .required("scope", .choice(["global", "contracts", "workspaces"])),
        .required("description", .string),
    ])

    private static let permissionsDocument = Schema.object([
        .required(
            "data",
            .object([
                .required("id", .nullable(.string)),
                .required("type", .choice(["permissions"])),
                .required(
                    "attributes",
                    .object([
                        .required("permissions", .list(.string)),
                        .required("details", .list(Self.permission)),
                    ])),
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
                    "attributes": [
                        "permissions": .strings(Permissions.assignable),
                        "details": .array(Permissions.described.map(Self.json)),
                    ],
                ],
                "meta": [:],
            ])
        }
        Self.on(RoleRoutes.roles, &routes) { request, caller in
            let tenant: TenantID = try request.identifier("tenant_id", "Tenant")
            let stored = try await self.storedRoles(of: tenant, by: caller)
            return .document(
                Document(Self.policy(of: tenant, stored.roles)), entityTag: stored.entityTag)
        }
        Self.on(
            RoleRoutes.replaceRoles, &routes, meaning: { try await self.meaning(ofRoles: $0) }
        ) { request, caller in
            let tenant: TenantID = try request.identifier("tenant_id", "Tenant")
            let body = try request.resource()
            try body.checkID(tenant.text)
            var asked: [AskedRole] = []
            for reader in try body.attributes.optionalObjects("roles") ?? [] {
                asked.append(AskedRole(reader.pointer, try Self.role(reader)))
            }
            let replaced = try await self.replaceRoles(
                of: tenant, with: asked, by: caller, requestID: request.requestID
            ) { try request.checkIfMatch($0.entityTag) }
            let invites = replaced.uses.reduce(0) { $0 + $1.invites }
            return .document(
                Document(
                    Self.policy(of: tenant, replaced.roles.roles),
                    meta: [
                        "revoked_invites": .integer(replaced.isRetired ? invites : 0),
                        "invites_to_revoke": .integer(replaced.isRetired ? 0 : invites),
                    ]),
                entityTag: replaced.roles.entityTag)
        }
    }

    /// What is wrong with the roles of a catalogue beside their shape.
    private func meaning(ofRoles request: PublicRequest) async throws -> [APIError] {
        let tenant: TenantID = try request.identifier("tenant_id", "Tenant")
        let caller = AuthenticatedUser(try request.caller())
        try AccessPolicy.check(.replaceTenantRoles, by: caller, on: .tenant(tenant))
        let current = try await self.storedRoles(of: tenant, by: caller).roles
        let check = BodyMeaning.check { attributes throws(IdentityRefusal) in
            let roles = attributes["roles"]?.array ?? []
            let asked = roles.prefix(RoleReplacement.rolesMax).enumerated().map { index, role in
                AskedRole("/data/attributes/roles/\(index)", Self.role(saidIn: role))
            }
            _ = try RoleReplacement(asked, of: current)
        }
        return try await check(request)
    }

    /// A role as far as it can be read.
    private static func role(saidIn json: JSON) -> Role {
        let titles = json["i18n"]?.object?.members.map { ($0.name, $0.value.string ?? "") } ?? []
        return Role(
            scope: json.text("scope"), name: json.text("role"),
            permissions: json["permissions"]?.array?.map { $0.string ?? "" } ?? [],
            titles: Dictionary(titles, uniquingKeysWith: { $1 }))
    }

    private static func role(_ reader: ObjectReader) throws(APIError) -> Role {
        let titles = try reader.object("i18n").object.members.compactMap { member in
            member.value.string.map { (member.name, $0) }
        }
        return Role(
            scope: try reader.string("scope"), name: try reader.string("role"),
            permissions: try reader.optionalStrings("permissions") ?? [],
            titles: Dictionary(titles, uniquingKeysWith: { $1 }))
    }

    private static func json(of permission: Permission) -> JSON {
        [
            "name": .string(permission.name), "scope": .string(permission.scope),
            "description": .string(permission.about),
        ]
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
