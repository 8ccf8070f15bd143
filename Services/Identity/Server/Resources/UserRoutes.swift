import HTTP2
import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of users.
enum UserRoutes {
    static let create = Route(
        .post, "/v2/users", id: AccessPolicy.Operation.createUser.rawValue,
        summary: "Creates a user", permission: "Tenant Admin", body: .json(Self.newUser),
        answers: [.init(201, "The user was created.", .document("user"))])

    static let list = Route(
        .get, "/v2/users", id: AccessPolicy.Operation.listUsers.rawValue,
        summary: "Lists the tenant's users", permission: "Tenant Admin",
        query: QueryParameter.page(defaultSize: IdentityLimits.usersPerPage) + [
            .filter("email", .email, "Only the user with this e-mail address."),
            .text("email", .email, "The same as `filter[email]`."),
        ],
        answers: [.init(200, "The users.", .collection("user"))])

    static let me = Route(
        .get, "/v2/users/me", id: AccessPolicy.Operation.getMe.rawValue,
        summary: "Shows the caller", permission: "every user",
        answers: [.init(200, "The user.", .document("user"))])

    static let updateMe = Route(
        .patch, "/v2/users/me", id: AccessPolicy.Operation.updateMe.rawValue,
        summary: "Changes the caller's own names and password", permission: "every user",
        body: .json(
            .resource(
                "user", id: .optional,
                attributes: [
                    .optional("first_name", .string),
                    .optional("last_name", .string),
                    .optional("company", .nullable(.string)),
                    .optional(
                        "current_password", .nullable(.string),
                        "Needed for a new one, unless the account has none."),
                    .optional(
                        "new_password", .nullable(.string),
                        "Ends all sessions but the one the request is made by."),
                ])),
        answers: [.init(200, "The user.", .document("user"))])

    static let get = Route(
        .get, "/v2/users/{user_id}", id: AccessPolicy.Operation.getUser.rawValue,
        summary: "Shows a user", permission: "the user, Tenant Admin",
        answers: [.init(200, "The user.", .document("user"))])

    static let delete = Route(
        .delete, "/v2/users/{user_id}", id: AccessPolicy.Operation.deleteUser.rawValue,
        summary: "Deletes a user with everything that is kept of them",
        permission: "Tenant Admin",
        answers: [.init(204, "The user is gone; keys and sessions are dead.")])

    static let generateAPIKey = Route(
        .post, "/v2/users/me/generate-api-key",
        id: AccessPolicy.Operation.generateAPIKey.rawValue,
        summary: "Makes a new API key; the one before is dead at once",
        permission: "every user", authentication: .apiKeyOrPassword,
        answers: [
            .init(200, "The user, with the key in `api_key`: shown this once.", .document("user"))
        ])

    private static let newUser = Schema.resource(
        "user",
        attributes: [
            .required("email", .string, "The address to sign in with."),
            .required("first_name", .string),
            .required("last_name", .string),
            .optional("company", .nullable(.string)),
            .required("password", .string, "For obtaining the first API key."),
        ])
}

extension IdentityService {
    /// Answers what concerns users.
    func addUsers(to routes: inout PublicRoutes) {
        let rule = self.passwordRule
        let ofNewUser = BodyMeaning.check { attributes throws(IdentityRefusal) in
            _ = try NewUser(
                email: attributes.text("email"), firstName: attributes.text("first_name"),
                lastName: attributes.text("last_name"), company: attributes["company"]?.string,
                password: attributes.text("password"), rule: rule)
        }
        Self.on(UserRoutes.create, &routes, meaning: ofNewUser) { request, caller in
            let attributes = try request.resource().attributes
            let new = try NewUser(
                email: attributes.string("email"), firstName: attributes.string("first_name"),
                lastName: attributes.string("last_name"),
                company: attributes.optionalString("company"),
                password: attributes.string("password"), rule: self.passwordRule)
            let user = try await self.createUser(new, by: caller)
            return .document(Document(user.resource), status: 201)
        }
        Self.on(UserRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let list = try await self.listUsers(
                email: try Self.email(of: request.query), limit: page.size,
                offset: page.offset, by: caller)
            return .document(
                Document(list.users.map(\.resource), page: page, total: list.total))
        }
        Self.on(UserRoutes.me, &routes) { _, caller in
            .document(Document(try await self.me(caller).resource))
        }
        let ofChange = BodyMeaning.check(fillsIn: false) { attributes throws(IdentityRefusal) in
            _ = try UserChange(
                firstName: attributes["first_name"]?.string,
                lastName: attributes["last_name"]?.string,
                company: attributes["company"]?.string.map { .named($0) } ?? .kept,
                currentPassword: attributes["current_password"]?.string,
                newPassword: attributes["new_password"]?.string, rule: rule)
        }
        Self.on(UserRoutes.updateMe, &routes, meaning: ofChange) { request, caller in
            let body = try request.resource()
            try body.checkID(caller.user.text)
            let attributes = body.attributes
            let company = try attributes.optionalString("company")
            let change = try UserChange(
                firstName: attributes.optionalString("first_name"),
                lastName: attributes.optionalString("last_name"),
                company: company.map { .named($0) }
                    ?? (attributes.has("company") ? .removed : .kept),
                currentPassword: attributes.optionalString("current_password"),
                newPassword: attributes.optionalString("new_password"),
                rule: self.passwordRule)
            let user = try await self.updateMe(
                change, by: caller, session: request.principal?.session,
                from: request.clientAddress)
            return .document(Document(user.resource))
        }
        Self.on(UserRoutes.get, &routes) { request, caller in
            let id: UserID = try request.identifier("user_id", "User")
            return .document(Document(try await self.user(id, by: caller).resource))
        }
    }

    /// Answers what concerns the end of users.
    func addDeletion(to routes: inout PublicRoutes) {
        Self.on(UserRoutes.delete, &routes) { request, caller in
            let id: UserID = try request.identifier("user_id", "User")
            try await self.deleteUser(id, by: caller, requestID: request.requestID)
            return .empty(204)
        }
    }

    /// Answers what concerns API keys.
    func addAPIKeys(to routes: inout PublicRoutes) {
        Self.on(UserRoutes.generateAPIKey, &routes) { _, caller in
            let (user, key) = try await self.generateAPIKey(for: caller)
            var resource = user.resource
            resource.attributes["api_key"] = .string(key.text)
            var response = PublicResponse.document(Document(resource))
            response.fields = ["cache-control": "no-store"]
            return response
        }
    }

    /// The address users are filtered by, under either of its names.
    private static func email(of query: QueryParameters) throws(APIError) -> String? {
        if let filter = query.filter("email"), let plain = query["email"], filter != plain {
            throw APIError(
                400, "invalid_parameter", "\"email\" and \"filter[email]\" differ.",
                source: .parameter("email"))
        }
        return query.filter("email") ?? query["email"]
    }
}
