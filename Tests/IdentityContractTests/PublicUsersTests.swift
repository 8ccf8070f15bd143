import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("Users, in public")
struct PublicUsersTests {
    static let asAdmin = RunningIdentity.asAdmin
    static let asUser = RunningIdentity.asUser

    static func body(_ email: String = "new@example.com", password: String = "s3cret-pass")
        -> String
    {
        """
        {"data": {"type": "user", "attributes": {"email": "\(email)", "first_name": "New",
          "last_name": "User", "password": "\(password)"}}}
        """
    }

    @Test("a user reads themselves: the whole document", arguments: ["", "/"])
    func me(slash: String) async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request("GET", "/v2/users/me\(slash)", Self.asUser)
            #expect(answer.status == 200)
            let id = RunningIdentity.user
            #expect(
                answer.text == """
                    {"data":{"id":"\(id)","type":"user","links":{"self":"/v2/users/\(id)"},\
                    "attributes":{"first_name":"Ada","last_name":"King",\
                    "email":"Ada@Example.com","registered":"2023-11-14T22:13:20.000Z"},\
                    "relationships":{"tenant":{"data":{"id":"\(RunningIdentity.tenant)",\
                    "type":"tenant"}}}},"meta":{}}
                    """)
        }
    }

    @Test("a Tenant Admin makes a user, who obtains a key by password and uses it")
    func create() async throws {
        try await RunningIdentity.with { identity in
            let made = try await identity.request(
                "POST", "/v2/users", Self.asAdmin, body: Self.body("New@Example.com"))
            #expect(made.status == 201)
            let id = try #require(made.json["data"]?["id"]?.string)
            #expect(made.json["data"]?["attributes"]?["email"]?.string == "New@Example.com")
            #expect(made.json["data"]?["attributes"]?["password"] == nil)
            #expect(made.json["data"]?["attributes"]?["api_key"] == nil)
            let first = try await identity.request(
                "POST", "/v2/users/me/generate-api-key", ("new@example.com", "s3cret-pass"))
            #expect(first.status == 200)
            #expect(first.fields.first("cache-control") == "no-store")
            let key = try #require(first.json["data"]?["attributes"]?["api_key"]?.string)
            let me = try await identity.request("GET", "/v2/users/me", ("NEW@example.com", key))
            #expect(me.json["data"]?["id"]?.string == id)
            #expect(me.json["data"]?["attributes"]?["api_key"] == nil)
        }
    }

    static func me(_ attributes: String) -> String {
        #"{"data": {"type": "user", "attributes": {\#(attributes)}}}"#
    }

    @Test("a user changes names and password; every other session is dead in the next request")
    func updateMe() async throws {
        try await RunningIdentity.with { identity in
            let me = "/v2/users/me"
            let named = try await identity.request(
                "PATCH", me, Self.asUser,
                body: Self.me(#""last_name": "Lovelace", "company": "Engines""#))
            #expect(named.status == 200 && named.attributes["last_name"] == "Lovelace")
            #expect(named.attributes["company"] == "Engines")
            let changed = try await identity.request(
                "PATCH", me, Self.asUser,
                body: Self.me(
                    #""current_password": "\#(RunningIdentity.password)", "#
                        + #""new_password": "battery-staple-2", "company": null"#))
            #expect(changed.status == 200 && changed.attributes["company"] == nil)
            #expect(!changed.text.contains("battery"))
            let session = try await identity.request("GET", me, fields: RunningIdentity.bySession)
            #expect(session.status == 401)
            let key = "/v2/users/me/generate-api-key"
            let old = (RunningIdentity.userEmail, RunningIdentity.password)
            #expect(try await identity.request("POST", key, old).status == 401)
            let new = (RunningIdentity.userEmail, "battery-staple-2")
            #expect(try await identity.request("POST", key, new).status == 200)
        }
    }

    @Test("the session a password is changed by lives on")
    func updateMeBySession() async throws {
        try await RunningIdentity.with { identity in
            let body = Self.me(
                #""current_password": "\#(RunningIdentity.password)", "#
                    + #""new_password": "battery-staple-2""#)
            let changed = try await identity.request(
                "PATCH", "/v2/users/me", body: body, fields: RunningIdentity.bySession)
            #expect(changed.status == 200)
            let again = try await identity.request(
                "GET", "/v2/users/me", fields: RunningIdentity.bySession)
            #expect(again.status == 200)
        }
    }

    @Test(
        "a change that is wrong is refused with its code and pointer",
        arguments: [
            (
                #""current_password": "wrong-pass-1", "new_password": "battery-staple-2""#, 403,
                ["wrong_password /data/attributes/current_password"]
            ),
            (
                #""new_password": "battery-staple-2""#, 400,
                ["invalid_value /data/attributes/current_password"]
            ),
            (
                #""current_password": "x", "new_password": "short", "first_name": """#, 400,
                [
                    "invalid_value /data/attributes/first_name",
                    "invalid_value /data/attributes/new_password",
                    "invalid_value /data/attributes/new_password",
                ]
            ),
        ])
    func updateMeFaults(attributes: String, status: Int, errors: [String]) async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "PATCH", "/v2/users/me", Self.asUser, body: Self.me(attributes))
            #expect(answer.status == status)
            #expect(answer.errors == errors)
        }
    }

    @Test("a password opens nothing but the way to a key")
    func passwordOnly() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "GET", "/v2/users/me", (RunningIdentity.userEmail, RunningIdentity.password))
            #expect(answer.status == 401)
        }
    }

    @Test("the old key is dead once the new one is in the answer")
    func rotate() async throws {
        try await RunningIdentity.with { identity in
            let path = "/v2/users/me/generate-api-key"
            let answer = try await identity.request("POST", path, Self.asUser)
            let key = try #require(answer.json["data"]?["attributes"]?["api_key"]?.string)
            let me = "/v2/users/me"
            #expect(try await identity.request("GET", me, Self.asUser).status == 401)
            let credentials = (RunningIdentity.userEmail, key)
            #expect(try await identity.request("GET", me, credentials).status == 200)
        }
    }

    @Test("a Tenant Admin lists users by pages of 50 and by address")
    func list() async throws {
        try await RunningIdentity.with { identity in
            let all = try await identity.request("GET", "/v2/users", Self.asAdmin)
            #expect(all.json["data"]?.array?.count == 2)
            #expect(
                all.json["meta"] == ["page": 1, "per_page": 50, "total": 2, "total_pages": 1])
            let second = try await identity.request(
                "GET", "/v2/users?page%5Bsize%5D=1&page%5Bnumber%5D=2", Self.asAdmin)
            #expect(
                second.json["data"]?.array?.first?["id"]?.string == RunningIdentity.admin)
            for filter in ["filter[email]", "filter%5Bemail%5D", "email"] {
                let one = try await identity.request(
                    "GET", "/v2/users?\(filter)=ADA@example.com", Self.asAdmin)
                #expect(one.json["data"]?.array?.count == 1)
                #expect(
                    one.json["data"]?.array?.first?["id"]?.string == RunningIdentity.user)
            }
        }
    }

    @Test("a user is found by themselves and the Tenant Admin; to others there is no such user")
    func get() async throws {
        try await RunningIdentity.with { identity in
            let user = "/v2/users/\(RunningIdentity.user)"
            let admin = "/v2/users/\(RunningIdentity.admin)"
            #expect(try await identity.request("GET", user, Self.asUser).status == 200)
            #expect(try await identity.request("GET", user, Self.asAdmin).status == 200)
            #expect(try await identity.request("GET", admin, Self.asUser).status == 404)
            for path in ["/v2/users/00000000ffffffffffffffff", "/v2/users/x"] {
                let answer = try await identity.request("GET", path, Self.asAdmin)
                #expect(answer.status == 404 && answer.errors == ["not_found"])
            }
        }
    }

    @Test("an address that is taken is a conflict, whatever its case")
    func conflict() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "POST", "/v2/users", Self.asAdmin, body: Self.body("ADA@EXAMPLE.COM"))
            #expect(answer.status == 409)
            #expect(answer.errors == ["email_taken /data/attributes/email"])
        }
    }

    @Test("all faults of a body are told at once, none with the value")
    func faults() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "POST", "/v2/users", Self.asAdmin,
                body: Self.body("qqq", password: "wwwww").replacing("New", with: " "))
            #expect(answer.status == 400)
            #expect(
                answer.errors == [
                    "invalid_value /data/attributes/email",
                    "invalid_value /data/attributes/first_name",
                    "invalid_value /data/attributes/password",
                    "invalid_value /data/attributes/password",
                ])
            #expect(!answer.text.contains("qqq") && !answer.text.contains("wwwww"))
            let shape = try await identity.request(
                "POST", "/v2/users", Self.asAdmin,
                body: #"{"data": {"type": "contract", "attributes": {"email": 7, "x": 1}}}"#)
            #expect(shape.status == 400)
            #expect(shape.errors.count == 6, "\(shape.errors)")
        }
    }
}
