package import Identifiers
package import IdentityAPI
package import IdentityDomain
package import PublicHTTP
import Storage

extension IdentityService {
    /// Says who stands behind a session's token; answers peers.
    package func authenticateSession(
        _ request: AuthenticateSession
    ) async throws -> AuthenticateSession.Reply {
        guard let token = SessionToken(request.token) else { return .refused }
        return try await self.authenticate(token)
    }

    /// Says who stands behind a session's token: one read, and a write when its use is to be noted.
    package func authenticate(
        _ token: SessionToken
    ) async throws -> AuthenticateSession.Reply {
        let digest = KeyDigest(token)
        let holder = try await self.database.lookUp { transaction in
            try SessionStore.holder(of: digest, in: transaction)
        }
        guard let holder else { return .refused }
        let now = self.clock.nowMilliseconds
        let id = holder.session.id
        switch self.sessionRule.use(of: holder.session, at: now) {
        case .over: return .refused
        case .lives: break
        case .livesNoted:
            try await self.database.write { transaction in
                try SessionStore.note(id, usedAt: now, in: transaction)
            }
        }
        return .accepted(holder.user, session: id)
    }

    /// Begins a session of the caller; the longest unused one ends when there are too many.
    ///
    /// - Throws: ``IdentityRefusal/forbidden`` for a service account,
    ///   ``IdentityRefusal/unknownUser`` when the caller was deleted a moment ago.
    package func createSession(
        for caller: AuthenticatedUser, address: String?, agent: String?
    ) async throws -> (session: Session, token: SessionToken) {
        try AccessPolicy.check(.createSession, by: caller)
        let now = self.clock.nowMilliseconds
        let session = Session(
            id: SessionID(secondsSince1970: now / 1_000), user: caller.user, createdAt: now,
            lastUsedAt: now, address: address, agent: agent.flatMap(Self.agent))
        let token = SessionToken()
        let digest = KeyDigest(token)
        let rule = self.sessionRule
        let others = self.limits.sessionsPerUserMax - 1
        try await self.database.write { transaction in
            guard let user = try UserStore.user(caller.user, in: transaction) else {
                throw IdentityRefusal.unknownUser
            }
            guard !user.isServiceAccount else { throw IdentityRefusal.forbidden }
            let sessions = try SessionStore.sessions(of: caller.user, in: transaction)
            let living = sessions.filter { now < rule.end(of: $0) }.prefix(others)
            for session in sessions where !living.contains(session) {
                _ = try SessionStore.delete(session.id, of: caller.user, in: transaction)
            }
            try SessionStore.insert(session, digest, in: transaction)
            try UserStore.noteLogin(of: caller.user, at: now, in: transaction)
        }
        return (session, token)
    }

    /// The caller's sessions that are not over, the latest used first.
    package func listSessions(of caller: AuthenticatedUser) async throws -> [Session] {
        try AccessPolicy.check(.listSessions, by: caller)
        let now = self.clock.nowMilliseconds
        let sessions = try await self.database.read { transaction in
            try SessionStore.sessions(of: caller.user, in: transaction)
        }
        return sessions.filter { now < self.sessionRule.end(of: $0) }
    }

    /// The caller's session of that id.
    ///
    /// - Throws: ``IdentityRefusal/unknownSession``.
    package func session(
        _ id: SessionID?, of caller: AuthenticatedUser
    ) async throws -> Session {
        try AccessPolicy.check(.getCurrentSession, by: caller)
        guard let id else { throw IdentityRefusal.unknownSession }
        let session = try await self.database.lookUp { transaction in
            try SessionStore.session(id, of: caller.user, in: transaction)
        }
        guard let session else { throw IdentityRefusal.unknownSession }
        return session
    }

    /// Ends a session of the caller; its cookie is dead when this returns.
    ///
    /// - Throws: ``IdentityRefusal/unknownSession``.
    package func closeSession(_ id: SessionID?, of caller: AuthenticatedUser) async throws {
        try AccessPolicy.check(.closeSession, by: caller)
        guard let id else { throw IdentityRefusal.unknownSession }
        let wasThere = try await self.database.write { transaction in
            try SessionStore.delete(id, of: caller.user, in: transaction)
        }
        guard wasThere else { throw IdentityRefusal.unknownSession }
    }

    /// Ends all sessions of the caller.
    package func closeSessions(of caller: AuthenticatedUser) async throws {
        try AccessPolicy.check(.closeSessions, by: caller)
        try await self.database.write { transaction in
            _ = try SessionStore.deleteAll(of: caller.user, in: transaction)
        }
    }

    /// What a browser calls itself, as far as it is kept: printable and short.
    private static func agent(_ text: String) -> String? {
        let kept = String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.generalCategory != .control }
                    .prefix(IdentityLimits.agentCharactersMax)))
        return kept.isEmpty ? nil : kept
    }
}
