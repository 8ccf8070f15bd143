import HTTP2
import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of sessions.
enum SessionRoutes {
    static let create = Route(
        .post, "/v2/sessions", id: AccessPolicy.Operation.createSession.rawValue,
        summary: "Signs in: begins a session and sets its cookie", permission: "every person",
        authentication: .signIn,
        answers: [
            .init(
                201, "The session, with `csrf_token`: send it as X-CSRF-Token.",
                .document("session"))
        ])

    static let list = Route(
        .get, "/v2/sessions", id: AccessPolicy.Operation.listSessions.rawValue,
        summary: "Lists the caller's sessions", permission: "every user",
        answers: [.init(200, "The sessions, the latest used first.", .collection("session"))])

    static let current = Route(
        .get, "/v2/sessions/current", id: AccessPolicy.Operation.getCurrentSession.rawValue,
        summary: "Shows the session of the request itself, with its `csrf_token`",
        permission: "every user",
        answers: [.init(200, "The session.", .document("session"))])

    static let close = Route(
        .delete, "/v2/sessions/{session_id}", id: AccessPolicy.Operation.closeSession.rawValue,
        summary: "Ends a session of the caller", permission: "every user",
        answers: [.init(204, "The session is over.")])

    static let closeCurrent = Route(
        .delete, "/v2/sessions/current",
        id: AccessPolicy.Operation.closeCurrentSession.rawValue,
        summary: "Signs out: ends the session of the request itself", permission: "every user",
        answers: [.init(204, "The session is over and its cookie cleared.")])

    static let closeAll = Route(
        .delete, "/v2/sessions", id: AccessPolicy.Operation.closeSessions.rawValue,
        summary: "Signs out everywhere: ends all sessions of the caller",
        permission: "every user", answers: [.init(204, "All sessions are over.")])
}

extension IdentityService {
    /// Answers what concerns sessions.
    func addSessions(to routes: inout PublicRoutes) {
        Self.on(SessionRoutes.create, &routes) { request, caller in
            let (session, token) = try await self.createSession(
                for: caller, address: request.clientAddress,
                agent: request.fields.first("user-agent"))
            var response = self.response(session, token, status: 201)
            response.fields.append(
                "set-cookie",
                SessionCookie.setting(
                    token, secondsMax: self.limits.sessionSecondsMax,
                    isSecure: request.isSecure))
            return response
        }
        Self.on(SessionRoutes.list, &routes) { request, caller in
            let current = request.principal?.session
            let sessions = try await self.listSessions(of: caller)
            return .document(
                Document(
                    sessions.map { $0.resource(self.sessionRule, isCurrent: $0.id == current) }))
        }
        Self.on(SessionRoutes.current, &routes) { request, caller in
            let session = try await self.session(request.principal?.session, of: caller)
            return self.response(session, request.session, status: 200)
        }
        self.addClosing(to: &routes)
    }

    private func addClosing(to routes: inout PublicRoutes) {
        Self.on(SessionRoutes.close, &routes) { request, caller in
            let id: SessionID = try request.identifier("session_id", "Session")
            try await self.closeSession(id, of: caller)
            return .empty(204, fields: Self.cleared(request, isCurrent: { $0 == id }))
        }
        Self.on(SessionRoutes.closeCurrent, &routes) { request, caller in
            try await self.closeSession(request.principal?.session, of: caller)
            return .empty(204, fields: Self.cleared(request, isCurrent: { _ in true }))
        }
        Self.on(SessionRoutes.closeAll, &routes) { request, caller in
            try await self.closeSessions(of: caller)
            return .empty(204, fields: Self.cleared(request, isCurrent: { _ in true }))
        }
    }

    /// A session's document; with its token it tells what unsafe requests need, and is not to be
    /// stored on the way.
    private func response(
        _ session: Session, _ token: SessionToken?, status: Int
    ) -> PublicResponse {
        var resource = session.resource(self.sessionRule, isCurrent: true)
        if let token { resource.attributes["csrf_token"] = .string(token.antiForgeryToken) }
        var response = PublicResponse.document(Document(resource), status: status)
        response.fields = ["cache-control": "no-store"]
        return response
    }

    /// The fields that clear the request's cookie, if its session is one that was closed.
    private static func cleared(
        _ request: PublicRequest, isCurrent: (SessionID) -> Bool
    ) -> HTTP2Fields {
        guard let session = request.principal?.session, isCurrent(session) else { return [:] }
        return ["set-cookie": SessionCookie.clearing(isSecure: request.isSecure)]
    }
}

extension Session {
    /// The session as a resource of the public API.
    func resource(_ rule: SessionRule, isCurrent: Bool) -> Resource {
        Resource(
            type: "session", id: self.id.text, selfLink: "/v2/sessions/\(self.id)",
            attributes: [
                "created_at": .time(self.createdAt), "last_used_at": .time(self.lastUsedAt),
                "expires_at": .time(rule.end(of: self)), "address": .optional(self.address),
                "agent": .optional(self.agent), "current": .bool(isCurrent),
            ], relationships: ["user": .one("user", self.user.text)])
    }
}
