import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of tenants.
enum TenantRoutes {
    static let list = Route(
        .get, "/v2/tenants", id: AccessPolicy.Operation.listTenants.rawValue,
        summary: "Lists the tenants the caller administers", permission: "Tenant Admin",
        query: QueryParameter.page(defaultSize: IdentityLimits.usersPerPage),
        answers: [.init(200, "The tenants.", .collection("tenant"))])

    static let get = Route(
        .get, "/v2/tenants/{tenant_id}", id: AccessPolicy.Operation.getTenant.rawValue,
        summary: "Shows a tenant", permission: "Tenant Admin",
        answers: [.init(200, "The tenant.", .document("tenant"))])

    static let update = Route(
        .patch, "/v2/tenants/{tenant_id}", id: AccessPolicy.Operation.updateTenant.rawValue,
        summary: "Gives a tenant another name", permission: "Tenant Admin",
        body: .json(
            .resource("tenant", id: .optional, attributes: [.required("name", .string)])),
        answers: [.init(200, "The tenant.", .document("tenant"))])
}

extension IdentityService {
    /// Answers what concerns tenants.
    func addTenants(to routes: inout PublicRoutes) {
        Self.on(TenantRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let tenants = try await self.listTenants(by: caller)
            return .document(
                Document(
                    page.number == 1 ? tenants.map(\.resource) : [], page: page,
                    total: tenants.count))
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
    }
}

extension Tenant {
    /// The tenant as a resource of the public API.
    fileprivate var resource: Resource {
        Resource(
            type: "tenant", id: self.id.text, selfLink: "/v2/tenants/\(self.id)",
            attributes: ["name": .string(self.name), "created_at": .time(self.createdAt)])
    }
}
