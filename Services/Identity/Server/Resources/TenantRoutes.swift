import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of tenants.
enum TenantRoutes {
    static let list = Route(
        .get, "/v2/tenants", id: AccessPolicy.Operation.listTenants.rawValue,
        summary: "Lists the tenants the caller administers; all of them for the operator",
        permission: "Tenant Admin",
        query: QueryParameter.page(defaultSize: IdentityLimits.usersPerPage),
        answers: [.init(200, "The tenants.", .collection("tenant"))])

    static let get = Route(
        .get, "/v2/tenants/{tenant_id}", id: AccessPolicy.Operation.getTenant.rawValue,
        summary: "Shows a tenant", permission: "Tenant Admin, operator",
        answers: [.init(200, "The tenant.", .document("tenant"))])

    static let update = Route(
        .patch, "/v2/tenants/{tenant_id}", id: AccessPolicy.Operation.updateTenant.rawValue,
        summary: "Gives a tenant another name", permission: "Tenant Admin",
        body: .json(
            .resource("tenant", id: .optional, attributes: [.required("name", .string)])),
        answers: [.init(200, "The tenant.", .document("tenant"))])

    static let create = Route(
        .post, "/v2/tenants", id: AccessPolicy.Operation.createTenant.rawValue,
        summary: "Makes a tenant and its first Tenant Admin", permission: "operator",
        body: .json(
            .resource(
                "tenant",
                attributes: [.required("name", .string), .required("admin", Self.admin)])),
        answers: [
            .init(
                201, "The tenant was made; `relationships.admin` names its Tenant Admin.",
                .document("tenant"))
        ])

    static let delete = Route(
        .delete, "/v2/tenants/{tenant_id}", id: AccessPolicy.Operation.deleteTenant.rawValue,
        summary: "Deletes a tenant without contracts, with all its users",
        permission: "operator",
        answers: [.init(204, "The tenant is gone and nobody of it can sign in.")])

    private static let admin = Schema.object([
        .required("email", .string, "The address to sign in with."),
        .required("first_name", .string),
        .required("last_name", .string),
        .required("password", .string, "For obtaining the first API key."),
    ])
}

extension IdentityService {
    /// Answers what concerns tenants.
    func addTenants(to routes: inout PublicRoutes) {
        Self.on(TenantRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let list = try await self.listTenants(
                limit: page.size, offset: page.offset, by: caller)
            return .document(
                Document(list.tenants.map(\.resource), page: page, total: list.total))
        }
        Self.on(TenantRoutes.get, &routes) { request, caller in
            let id: TenantID = try request.identifier("tenant_id", "Tenant")
            return .document(Document(try await self.tenant(id, by: caller).resource))
        }
        Self.on(TenantRoutes.update, &routes) { request, caller in
            let id: TenantID = try request.identifier("tenant_id", "Tenant")
            let body = try request.resource()
            try body.checkID(id.text)
            let name = try body.attributes.string("name")
            let tenant = try await self.renameTenant(id, to: name, by: caller)
            return .document(Document(tenant.resource))
        }
        self.addTenantLifecycle(to: &routes)
    }

    private func addTenantLifecycle(to routes: inout PublicRoutes) {
        let rule = self.passwordRule
        let ofNewTenant = BodyMeaning.check { attributes throws(IdentityRefusal) in
            let person = attributes["admin"] ?? .null
            _ = try NewTenant(name: attributes.text("name")) { () throws(IdentityRefusal) in
                try NewUser(
                    email: person.text("email"), firstName: person.text("first_name"),
                    lastName: person.text("last_name"), password: person.text("password"),
                    rule: rule)
            }
        }
        Self.on(TenantRoutes.create, &routes, meaning: ofNewTenant) { request, caller in
            let attributes = try request.resource().attributes
            let name = try attributes.string("name")
            let person = try attributes.object("admin")
            let (email, first, last, password) = (
                try person.string("email"), try person.string("first_name"),
                try person.string("last_name"), try person.string("password")
            )
            let new = try NewTenant(name: name) { () throws(IdentityRefusal) in
                try NewUser(
                    email: email, firstName: first, lastName: last, password: password,
                    rule: self.passwordRule)
            }
            let (tenant, admin) = try await self.createTenant(new, by: caller)
            return .document(
                Document(
                    tenant.resource([
                        "admin": .one("user", admin.id.text, selfLink: "/v2/users/\(admin.id)")
                    ])), status: 201)
        }
        Self.on(TenantRoutes.delete, &routes) { request, caller in
            let id: TenantID = try request.identifier("tenant_id", "Tenant")
            try await self.deleteTenant(id, by: caller, requestID: request.requestID)
            return .empty(204)
        }
    }
}

extension Tenant {
    /// The tenant as a resource of the public API.
    fileprivate var resource: Resource { self.resource([:]) }

    /// The tenant as a resource of the public API, with what it is related to.
    fileprivate func resource(
        _ relationships: KeyValuePairs<String, Relationship>
    ) -> Resource {
        Resource(
            type: "tenant", id: self.id.text, selfLink: "/v2/tenants/\(self.id)",
            attributes: ["name": .string(self.name), "created_at": .time(self.createdAt)],
            relationships: relationships)
    }
}
