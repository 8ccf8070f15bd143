import HTTP2
import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of service accounts.
enum ServiceAccountRoutes {
    static let create = Route(
        .post, "/v2/service-accounts", id: AccessPolicy.Operation.createServiceAccount.rawValue,
        summary: "Creates a service account: a user that is no person and has a key only",
        permission: "Tenant Admin",
        body: .json(
            .resource(
                "service-account",
                attributes: [
                    .required("name", .string, "What it is called."),
                    .required("email", .string, "What it signs in by, with its key."),
                ])),
        answers: [
            .init(
                201, "The account, with the key in `api_key`: shown this once.",
                .document("service-account"))
        ])

    static let list = Route(
        .get, "/v2/service-accounts", id: AccessPolicy.Operation.listServiceAccounts.rawValue,
        summary: "Lists the tenant's service accounts", permission: "Tenant Admin",
        query: QueryParameter.page(defaultSize: IdentityLimits.usersPerPage),
        answers: [.init(200, "The accounts.", .collection("service-account"))])

    static let delete = Route(
        .delete, "/v2/service-accounts/{user_id}",
        id: AccessPolicy.Operation.deleteServiceAccount.rawValue,
        summary: "Deletes a service account; its key is dead at once",
        permission: "Tenant Admin", answers: [.init(204, "The account is gone.")])
}

extension IdentityService {
    /// Answers what concerns service accounts.
    func addServiceAccounts(to routes: inout PublicRoutes) {
        let ofNewAccount = BodyMeaning.check { attributes throws(IdentityRefusal) in
            _ = try NewServiceAccount(
                email: attributes.text("email"), name: attributes.text("name"))
        }
        Self.on(ServiceAccountRoutes.create, &routes, meaning: ofNewAccount) { request, caller in
            let attributes = try request.resource().attributes
            let new = try NewServiceAccount(
                email: attributes.string("email"), name: attributes.string("name"))
            let (account, key) = try await self.createServiceAccount(new, by: caller)
            var resource = account.serviceAccountResource
            resource.attributes["api_key"] = .string(key.text)
            var response = PublicResponse.document(Document(resource), status: 201)
            response.fields = ["cache-control": "no-store"]
            return response
        }
        Self.on(ServiceAccountRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let list = try await self.listServiceAccounts(
                limit: page.size, offset: page.offset, by: caller)
            return .document(
                Document(
                    list.users.map(\.serviceAccountResource), page: page, total: list.total))
        }
        Self.on(ServiceAccountRoutes.delete, &routes) { request, caller in
            let id: UserID = try request.identifier("user_id", "User")
            try await self.deleteServiceAccount(id, by: caller, requestID: request.requestID)
            return .empty(204)
        }
    }
}

extension User {
    /// The service account as a resource of the public API.
    fileprivate var serviceAccountResource: Resource {
        Resource(
            type: "service-account", id: self.id.text, selfLink: "/v2/users/\(self.id)",
            attributes: [
                "name": .string(self.firstName), "email": .string(self.email),
                "registered": .time(self.registered),
            ], relationships: ["tenant": .one("tenant", self.tenant.text)])
    }
}
