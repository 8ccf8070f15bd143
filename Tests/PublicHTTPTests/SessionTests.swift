import HTTP2
import JSONAPI
import Synchronization
import Testing

@testable import PublicHTTP

/// The session that the shop knows, as a browser has it.
private enum Browser {
    static let cookie = "covenant_session=\(Shop.session)"
    static let antiForgery = SessionToken(Shop.session)?.antiForgeryToken ?? ""
}

@Suite("Sessions")
struct SessionTests {
    @Test("a session's cookie proves who asks, also among others and in pieces")
    func reads() async throws {
        let cookies: [HTTP2Fields] = [
            ["cookie": Browser.cookie], ["cookie": "a=b; \(Browser.cookie); c=d"],
            ["cookie": "a=b", "cookie": Browser.cookie],
        ]
        for fields in cookies {
            let answer = try await Shop.answer("/v2/things/\(Shop.thingID)", fields)
            #expect(answer.status == 200)
            #expect(try answer.text().contains("ada@example.com"))
        }
    }

    @Test(
        "what is no session proves nothing",
        arguments: [
            "covenant_session=", "covenant_session=cvs_", "covenant_session=\(Shop.session)0",
            "Covenant_Session=\(Shop.session)",
            "covenant_session=cvs_\(String(repeating: "ff", count: 32))",
            "\(Browser.cookie); \(Browser.cookie)",
        ])
    func refuses(cookie: String) async throws {
        let answer = try await Shop.answer("/v2/things/me", ["cookie": cookie])
        #expect(answer.status == 401)
    }

    @Test("a header with credentials counts before a session, right or wrong")
    func precedence() async throws {
        let answer = try await Shop.answer(
            "/v2/things/me", ["authorization": Credentials.wrong, "cookie": Browser.cookie])
        #expect(answer.status == 401)
    }

    static func patch(_ token: String?) async throws -> EdgeAnswer {
        var fields: HTTP2Fields = ["cookie": Browser.cookie, "if-match": "\"v1\""]
        if let token { fields.append("x-csrf-token", token) }
        return try await Shop.answer("/v2/things/\(Shop.thingID)", fields, method: "PATCH")
    }

    @Test("by a session nothing is changed without the session's own anti-forgery token")
    func forgery() async throws {
        let other = SessionToken().antiForgeryToken
        for token in [
            nil, "", other, Browser.antiForgery + "0", String(Browser.antiForgery.dropLast()),
        ] {
            let answer = try await Self.patch(token)
            #expect(answer.status == 403)
            let error = try answer.json()["errors"]?.array?.first
            #expect(error?["code"]?.string == "csrf_token_invalid")
            #expect(error?["source"]?["header"]?.string == "X-CSRF-Token")
        }
        #expect(try await Self.patch(Browser.antiForgery).status == 204)
        let dead = try await Shop.answer(
            "/v2/things/\(Shop.thingID)",
            ["cookie": "covenant_session=\(SessionToken().reveal())"], method: "PATCH")
        #expect(dead.status == 401)
    }

    @Test("where nobody need be known, a dead session is nobody's and a living one somebody's")
    func optional() async throws {
        let dead = "covenant_session=\(SessionToken().reveal())"
        for (cookie, isKnown) in [(Browser.cookie, true), (dead, false)] {
            let answer = try await Shop.answer("/v2/either", ["cookie": cookie])
            #expect(try answer.json()["known"]?.bool == isKnown)
        }
    }

    @Test("a session begins no other session; a password does")
    func signIn() async throws {
        let fields: HTTP2Fields = ["cookie": Browser.cookie, "x-csrf-token": Browser.antiForgery]
        #expect(try await Shop.answer("/v2/sign-in", fields, method: "POST").status == 401)
        for secret in [Credentials.password, Credentials.key] {
            let answer = try await Shop.answer(
                "/v2/sign-in", ["authorization": secret], method: "POST")
            #expect(answer.status == 200)
        }
    }

    @Test("a session is remembered for its lifetime and not longer, and apart from credentials")
    func remembered() async throws {
        let now = Mutex(ContinuousClock.now)
        let cache = AuthenticationCache(lifetime: .seconds(1), entriesMax: 10) {
            now.withLock { $0 }
        }
        let session = try #require(SessionToken(Shop.session))
        let authenticator = CountingAuthenticator()
        for _ in 0..<3 {
            let found = try await cache.principal(of: session) {
                try await authenticator.authenticate($0)
            }
            #expect(found?.session != nil)
        }
        #expect(authenticator.asked == 1)
        now.withLock { $0 += .seconds(1) }
        let dead = try await cache.principal(of: session) { _ in nil }
        #expect(dead == nil)
    }

    @Test("the cookie is for HTTP and this site alone, and over TLS for TLS alone")
    func cookie() throws {
        let token = try #require(SessionToken(Shop.session))
        #expect(
            SessionCookie.setting(token, secondsMax: 60, isSecure: true)
                == "\(Browser.cookie); Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure")
        #expect(
            SessionCookie.clearing(isSecure: false)
                == "covenant_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
    }

    @Test("tokens differ, and print as nothing")
    func tokens() {
        let token = SessionToken()
        #expect(token != SessionToken() && SessionToken(token.reveal()) == token)
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("cvs_"))
    }
}

@Suite("Where requests come from")
struct RequestOriginTests {
    struct Row: Sendable {
        var connection: String?
        var fields: HTTP2Fields
        var address: String?
        var isSecure = false
    }

    @Test(
        "a proxy is believed when it is trusted, and only for what it has added itself",
        arguments: [
            Row(connection: "10.0.0.1", fields: [:], address: "10.0.0.1"),
            Row(
                connection: "10.0.0.1",
                fields: ["x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"],
                address: "10.0.0.1"),
            Row(
                connection: "127.0.0.1", fields: ["x-forwarded-for": "6.6.6.6, 1.2.3.4"],
                address: "1.2.3.4"),
            Row(
                connection: "::1",
                fields: ["x-forwarded-for": "2001:db8::1", "x-forwarded-proto": "https"],
                address: "2001:db8::1", isSecure: true),
            Row(
                connection: "127.0.0.1", fields: ["x-forwarded-for": "not an address"],
                address: "127.0.0.1"),
            Row(connection: nil, fields: ["x-forwarded-for": "1.2.3.4"], address: nil),
        ])
    func resolves(row: Row) {
        let origin = RequestOrigin(address: row.connection)
            .resolved(row.fields, trusting: PublicEdge.loopback)
        #expect(origin == RequestOrigin(address: row.address, isSecure: row.isSecure))
    }

    @Test("a connection's own address reaches the operation")
    func listener() async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(
                """
                POST /v2/sign-in HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\
                Authorization: \(Credentials.key)\r\nContent-Length: 0\r\n\r\n
                """)
            #expect(answer.hasSuffix(#"{"from":"127.0.0.1","secure":false}"#))
        }
    }
}
