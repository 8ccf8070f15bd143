import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("Sessions, in public")
struct PublicSessionsTests {
    static let byPassword = (RunningIdentity.userEmail, RunningIdentity.password)

    /// What a browser keeps of an answer: the cookie, and the token its page was told.
    static func browser(_ answer: PublicAnswer) throws -> HTTP2Fields {
        let cookie = try #require(answer.fields.first("set-cookie")?.split(separator: ";").first)
        let token = try #require(answer.attributes["csrf_token"]?.string)
        return ["cookie": String(cookie), "x-csrf-token": token]
    }

    @Test("signing in by password sets a cookie that is kept from scripts and other sites")
    func signIn() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "POST", "/v2/sessions", Self.byPassword, fields: ["user-agent": "Browser/2"])
            #expect(answer.status == 201)
            #expect(answer.fields.first("cache-control") == "no-store")
            let cookie = try #require(answer.fields.first("set-cookie"))
            #expect(cookie.hasPrefix("covenant_session=cvs_"))
            #expect(
                cookie.hasSuffix("; Path=/; Max-Age=172800; HttpOnly; SameSite=Strict"))
            #expect(answer.attributes["address"]?.string == "127.0.0.1")
            #expect(answer.attributes["agent"]?.string == "Browser/2")
            #expect(answer.attributes["current"]?.bool == true)
            #expect(!answer.text.contains("cvs_"))
            let browser = try Self.browser(answer)
            let me = try await identity.request("GET", "/v2/users/me", fields: browser)
            #expect(me.id == RunningIdentity.user)
        }
    }

    @Test("behind a proxy that speaks TLS the cookie is for TLS alone")
    func secure() async throws {
        try await RunningIdentity.with { identity in
            let proxied: HTTP2Fields = [
                "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https",
            ]
            let answer = try await identity.request(
                "POST", "/v2/sessions", Self.byPassword, fields: proxied)
            #expect(answer.fields.first("set-cookie")?.hasSuffix("; Secure") == true)
            #expect(answer.attributes["address"]?.string == "198.51.100.7")
        }
    }

    @Test("the session of the request itself: the whole document")
    func current() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "GET", "/v2/sessions/current", fields: RunningIdentity.bySession)
            let id = RunningIdentity.session
            let token = RunningIdentity.bySession.first("x-csrf-token") ?? ""
            #expect(
                answer.text == """
                    {"data":{"id":"\(id)","type":"session","links":{"self":"/v2/sessions/\(id)"},\
                    "attributes":{"created_at":"2023-11-14T22:13:20.000Z",\
                    "last_used_at":"2023-11-14T22:13:20.000Z",\
                    "expires_at":"2023-11-15T22:13:20.000Z","address":"192.0.2.1",\
                    "agent":"Browser/1","current":true,"csrf_token":"\(token)"},\
                    "relationships":{"user":{"data":{"id":"\(RunningIdentity.user)",\
                    "type":"user"}}}},"meta":{}}
                    """)
            let byKey = try await identity.request(
                "GET", "/v2/sessions/current", RunningIdentity.asUser)
            #expect(byKey.status == 404 && byKey.errors == ["not_found"])
        }
    }

    @Test("sessions are listed, closed one by one, and all at once")
    func closes() async throws {
        try await RunningIdentity.with { identity in
            let mine = RunningIdentity.bySession
            let other = try Self.browser(
                try await identity.request("POST", "/v2/sessions", Self.byPassword))
            let list = try await identity.request("GET", "/v2/sessions", fields: mine)
            let sessions = try #require(list.json["data"]?.array)
            #expect(sessions.count == 2)
            #expect(
                sessions.filter { $0["attributes"]?["current"]?.bool == true }
                    .compactMap { $0["id"]?.string } == [RunningIdentity.session])
            let path = "/v2/sessions/\(RunningIdentity.session)"
            let closed = try await identity.request("DELETE", path, fields: other)
            #expect(closed.status == 204 && closed.fields.first("set-cookie") == nil)
            #expect(try await identity.request("GET", "/v2/users/me", fields: mine).status == 401)
            let again = try await identity.request("DELETE", path, fields: other)
            #expect(again.status == 404)
            let all = try await identity.request("DELETE", "/v2/sessions", fields: other)
            #expect(all.status == 204)
            #expect(all.fields.first("set-cookie")?.contains("Max-Age=0") == true)
            #expect(try await identity.request("GET", "/v2/users/me", fields: other).status == 401)
        }
    }

    @Test("signing out ends the request's own session and clears its cookie")
    func signOut() async throws {
        try await RunningIdentity.with { identity in
            let mine = RunningIdentity.bySession
            let path = "/v2/sessions/current"
            let answer = try await identity.request("DELETE", path, fields: mine)
            #expect(answer.status == 204)
            #expect(answer.fields.first("set-cookie")?.contains("Max-Age=0") == true)
            #expect(try await identity.request("GET", path, fields: mine).status == 401)
        }
    }

    @Test("by a session nothing is changed without its anti-forgery token, and no key is made")
    func forgery() async throws {
        try await RunningIdentity.with { identity in
            let cookie: HTTP2Fields = ["cookie": RunningIdentity.bySession.first("cookie") ?? ""]
            for (method, path) in [
                ("POST", "/v2/users/me/generate-api-key"), ("DELETE", "/v2/sessions"),
                ("DELETE", "/v2/sessions/current"),
            ] {
                let answer = try await identity.request(method, path, fields: cookie)
                #expect(answer.status == 403)
                #expect(answer.errors == ["csrf_token_invalid X-CSRF-Token"])
            }
            let me = try await identity.request("GET", "/v2/users/me", RunningIdentity.asUser)
            #expect(me.status == 200)
            let made = try await identity.request(
                "POST", "/v2/users/me/generate-api-key", fields: RunningIdentity.bySession)
            #expect(made.status == 200)
        }
    }

    @Test(
        "a session begins no other; a wrong password and an unknown address are told apart by nothing"
    )
    func refused() async throws {
        try await RunningIdentity.with { identity in
            var texts: Set<String> = []
            for credentials in [
                (RunningIdentity.userEmail, "wrong-1!"), ("nobody@example.com", "wrong-1!"),
                (RunningIdentity.adminEmail, "wrong-1!"),
            ] {
                let answer = try await identity.request("POST", "/v2/sessions", credentials)
                #expect(answer.status == 401)
                texts.insert(answer.text)
            }
            #expect(texts.count == 1)
            let bySession = try await identity.request(
                "POST", "/v2/sessions", fields: RunningIdentity.bySession)
            #expect(bySession.status == 401)
        }
    }

    @Test("an address that guessed too often is shut out of passwords, and told nothing of it")
    func guessing() async throws {
        try await RunningIdentity.with { identity in
            let address: HTTP2Fields = ["x-forwarded-for": "203.0.113.9"]
            for number in 0..<50 {
                let answer = try await identity.request(
                    "POST", "/v2/sessions", ("nobody\(number)@example.com", "wrong-1!"),
                    fields: address)
                #expect(answer.status == 401)
            }
            let right = try await identity.request(
                "POST", "/v2/sessions", Self.byPassword, fields: address)
            #expect(right.status == 401 && right.errors == ["unauthenticated Authorization"])
            let elsewhere = try await identity.request("POST", "/v2/sessions", Self.byPassword)
            #expect(elsewhere.status == 201)
        }
    }
}
