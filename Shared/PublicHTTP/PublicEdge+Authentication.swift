import HTTP2
import JSONAPI

/// What a request proves of who makes it.
struct RequestProof {
    /// Who makes it; `nil` when nobody needs to be proven and nobody is.
    var principal: Principal?
    /// The session that proved it.
    var session: SessionToken?
}

extension PublicEdge {
    /// Finds out who makes a request, by its `Authorization` header or else by its session.
    ///
    /// - Throws: 401 when the route needs to know and nothing proves it; 403 when a session's
    ///   request that changes something does not prove to come from the console's own pages.
    func proof(of request: EdgeRequest, _ route: Route) async throws -> RequestProof {
        guard route.authentication != .none, let authenticator = self.authenticator else {
            return RequestProof()
        }
        if let header = request.fields.first("authorization") {
            return RequestProof(
                principal: try await self.principal(header, request, route, authenticator))
        }
        if route.authentication.acceptsSession,
            let session = SessionCookie.token(in: request.fields)
        {
            let principal = try await self.cache.principal(of: session) {
                try await authenticator.authenticate($0)
            }
            if let principal {
                try self.checkForgery(request, route, session)
                return RequestProof(principal: principal, session: session)
            }
        }
        // A browser sends a dead session by itself: where nobody need be known it is nobody's.
        guard route.authentication == .optionalAPIKey else { throw Refusal.unauthenticated }
        return RequestProof()
    }

    private func principal(
        _ header: String, _ request: EdgeRequest, _ route: Route,
        _ authenticator: any Authenticator
    ) async throws -> Principal {
        let mayBePassword = route.authentication.acceptsPassword
        let principal = try await self.cache.principal(of: header, mayBePassword: mayBePassword) {
            var credentials = BasicCredentials(
                authorization: header, mayBePassword: mayBePassword)
            if mayBePassword {
                let origin = request.origin.resolved(
                    request.fields, trusting: self.trustedProxies)
                credentials?.clientAddress = origin.address
            }
            guard let credentials else { throw Refusal.unauthenticated }
            return try await authenticator.authenticate(credentials)
        }
        guard let principal else { throw Refusal.unauthenticated }
        return principal
    }

    private func checkForgery(
        _ request: EdgeRequest, _ route: Route, _ session: SessionToken
    ) throws(APIError) {
        guard route.method != .get else { return }
        guard let given = request.fields.first(SessionCookie.antiForgeryHeader),
            session.isAntiForgeryToken(given)
        else { throw Refusal.forged }
    }
}
