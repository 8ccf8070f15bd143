import IdentityAPI
import IdentityDomain
import JSONAPI
public import PublicHTTP

extension IdentityService {
    /// What answers the public.
    public var publicRoutes: PublicRoutes {
        var routes = PublicRoutes()
        self.addUsers(to: &routes)
        self.addDeletion(to: &routes)
        self.addAPIKeys(to: &routes)
        self.addRoles(to: &routes)
        self.addTenants(to: &routes)
        self.addServiceAccounts(to: &routes)
        self.addSessions(to: &routes)
        self.addSSHKeys(to: &routes)
        return routes
    }

    /// Answers an operation for a caller who is known.
    static func on(
        _ route: Route, _ routes: inout PublicRoutes, meaning: PublicBodyCheck? = nil,
        _ body:
            @escaping @Sendable (PublicRequest, AuthenticatedUser) async throws ->
            PublicResponse
    ) {
        routes.on(route, meaning: meaning) { request in
            let caller = AuthenticatedUser(try request.caller())
            return try await IdentityRefusal.told { try await body(request, caller) }
        }
    }
}
