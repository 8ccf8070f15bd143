import Identifiers
import IdentityAPI
import IdentityDomain
import PublicHTTP
import TestKit
import Testing

@testable import IdentityServer

@Suite("Sessions")
struct SessionsTests {
    static let hour: Int64 = 3_600_000

    static func begin(
        _ identity: TestIdentity, _ user: User, agent: String? = "Browser/1"
    ) async throws -> (session: Session, token: SessionToken) {
        try await identity.service.createSession(
            for: user.authenticated, address: "192.0.2.1", agent: agent)
    }

    @Test("a session's token stands for its user; any other text for nobody")
    func authenticates() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let (session, token) = try await Self.begin(identity, user)
        let service = identity.service
        let reply = try await service.authenticateSession(
            AuthenticateSession(token: token.reveal()))
        #expect(reply == .accepted(user.authenticated, session: session.id))
        for text in ["", "cvs_", SessionToken().reveal(), token.reveal().uppercased(), "\0"] {
            let reply = try await service.authenticateSession(AuthenticateSession(token: text))
            #expect(reply == .refused)
        }
    }

    @Test("who begins a session is noted to have signed in then")
    func lastLogin() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        #expect(user.lastLogin == nil)
        identity.clock.advance(milliseconds: Self.hour)
        _ = try await Self.begin(identity, user)
        let seen = try await identity.service.me(user.authenticated)
        #expect(seen.lastLogin == identity.clock.nowMilliseconds)
    }

    @Test("a session that is not used ends after a day, one that is used after two")
    func expires() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let idle = try await Self.begin(identity, user).token
        let used = try await Self.begin(identity, user).token
        let service = identity.service
        for _ in 0..<23 {
            identity.clock.advance(milliseconds: Self.hour)
            #expect(try await service.authenticate(used) != .refused)
        }
        identity.clock.advance(milliseconds: Self.hour - 1)
        #expect(try await service.authenticate(used) != .refused)
        identity.clock.advance(milliseconds: 1)
        #expect(try await service.authenticate(idle) == .refused)
        for _ in 24..<47 {
            identity.clock.advance(milliseconds: Self.hour)
            #expect(try await service.authenticate(used) != .refused)
        }
        identity.clock.advance(milliseconds: Self.hour)
        #expect(try await service.authenticate(used) == .refused)
        #expect(try await service.listSessions(of: user.authenticated).isEmpty)
    }

    @Test("use is noted once a minute, not with every request")
    func notes() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let (session, token) = try await Self.begin(identity, user)
        for (step, noted) in [(59_999, 0), (1, 60_000), (59_999, 60_000), (1, 120_000)] {
            identity.clock.advance(milliseconds: Int64(step))
            _ = try await identity.service.authenticate(token)
            let now = try await identity.service.session(session.id, of: user.authenticated)
            #expect(now.lastUsedAt - session.createdAt == Int64(noted))
        }
    }

    @Test("of too many sessions the one that was not used for longest ends")
    func bounded() async throws {
        var limits = TestIdentity.limits
        limits.sessionsPerUserMax = 3
        let identity = try await TestIdentity(limits: limits)
        let user = try await identity.makeUser()
        var tokens: [SessionToken] = []
        for _ in 0..<3 {
            identity.clock.advance(milliseconds: 1_000)
            tokens.append(try await Self.begin(identity, user).token)
        }
        identity.clock.advance(milliseconds: 60_000)
        _ = try await identity.service.authenticate(tokens[0])
        identity.clock.advance(milliseconds: 1_000)
        tokens.append(try await Self.begin(identity, user).token)
        var living: [Bool] = []
        for token in tokens {
            living.append(try await identity.service.authenticate(token) != .refused)
        }
        #expect(living == [true, false, true, true])
        #expect(try await identity.service.listSessions(of: user.authenticated).count == 3)
    }

    @Test("a closed session is dead at once; a stranger's can be neither seen nor closed")
    func closes() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let other = try await identity.makeUser("other@example.com")
        let service = identity.service
        let (first, token) = try await Self.begin(identity, user)
        let second = try await Self.begin(identity, user).token
        for id in [first.id, SessionID(secondsSince1970: 1), nil] {
            await #expect(throws: IdentityRefusal.unknownSession) {
                try await service.closeSession(id, of: other.authenticated)
            }
            await #expect(throws: IdentityRefusal.unknownSession) {
                _ = try await service.session(id, of: other.authenticated)
            }
        }
        try await service.closeSession(first.id, of: user.authenticated)
        #expect(try await service.authenticate(token) == .refused)
        #expect(try await service.authenticate(second) != .refused)
        await #expect(throws: IdentityRefusal.unknownSession) {
            try await service.closeSession(first.id, of: user.authenticated)
        }
        try await service.closeSessions(of: user.authenticated)
        #expect(try await service.authenticate(second) == .refused)
    }

    @Test("what a browser calls itself is kept printable and short")
    func agents() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        for (agent, kept) in [
            (nil, nil), ("", nil), ("\u{1}\n", nil), ("a\u{0}b", "ab"),
            (String(repeating: "x", count: 500), String(repeating: "x", count: 200)),
        ] {
            let (session, _) = try await Self.begin(identity, user, agent: agent)
            let stored = try await identity.service.session(session.id, of: user.authenticated)
            #expect(stored.agent == kept)
        }
    }

    @Test("sessions that are over are swept away, and a deleted user begins none")
    func sweeps() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        _ = try await Self.begin(identity, user)
        identity.clock.advance(milliseconds: 48 * Self.hour)
        try await identity.service.sweepSessions()
        #expect(try await identity.count("session") == 1)
        identity.clock.advance(milliseconds: 1)
        try await identity.service.sweepSessions()
        #expect(try await identity.count("session") == 0)
        _ = try await identity.service.releaseUsers(
            ReleaseUsers(operation: OperationID(secondsSince1970: 1), users: [user.id]))
        await #expect(throws: IdentityRefusal.unknownUser) {
            _ = try await Self.begin(identity, user)
        }
    }
}

@Suite("Addresses that guess")
struct GuessingAddressTests {
    static let guess = "wrong-1!"

    @Test("an address that failed too often gets no further, with any account; others do")
    func shutOut() async throws {
        var limits = TestIdentity.limits
        limits.addressFailuresMax = 3
        let identity = try await TestIdentity(limits: limits)
        let user = try await identity.makeUser()
        for name in ["a", "b", "c"] {
            let reply = try await identity.signIn(
                "\(name)@example.com", Self.guess, from: "192.0.2.1")
            #expect(reply == .refused)
        }
        let password = TestIdentity.password
        #expect(try await identity.signIn(user.email, password, from: "192.0.2.1") == .refused)
        #expect(
            try await identity.signIn(user.email, password, from: "192.0.2.2")
                == .accepted(user.authenticated))
        #expect(
            try await identity.signIn(identity.admin.email, identity.adminKey, from: "192.0.2.1")
                == .accepted(identity.admin))
        identity.clock.advance(milliseconds: 900_000)
        #expect(
            try await identity.signIn(user.email, password, from: "192.0.2.1")
                == .accepted(user.authenticated))
    }

    @Test("an address that is shut out locks nobody's account, and costs the same work")
    func locksNobody() async throws {
        var limits = TestIdentity.limits
        limits.addressFailuresMax = 1
        let identity = try await TestIdentity(limits: limits)
        let user = try await identity.makeUser()
        for _ in 0..<10 {
            _ = try await identity.signIn(user.email, Self.guess, from: "192.0.2.1")
        }
        #expect(
            try await identity.signIn(user.email, TestIdentity.password, from: "192.0.2.2")
                == .accepted(user.authenticated))
        limits.addressFailuresMax = 0
        limits.hashingThreadsMax = 0
        limits.hashingsWaitingMax = 0
        let busy = identity.service(limits: limits)
        for address in ["192.0.2.1", "192.0.2.1"] {
            await #expect(throws: IdentityRefusal.busy) {
                try await busy.authenticate(
                    Authenticate(
                        email: user.email, secret: Self.guess, accepting: .apiKeyOrPassword),
                    from: address)
            }
        }
    }
}
