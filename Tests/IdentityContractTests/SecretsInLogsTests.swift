import JSONAPI
import TestKit
import Testing

@Suite("Logs")
struct SecretsInLogsTests {
    @Test("no key and no password is ever logged, at any level, whatever goes wrong with it")
    func secrets() async throws {
        try await RunningIdentity.with { identity in
            let generate = "/v2/users/me/generate-api-key"
            let email = RunningIdentity.userEmail
            let answer = try await identity.request("POST", generate, RunningIdentity.asUser)
            let key = try #require(answer.json["data"]?["attributes"]?["api_key"]?.string)
            _ = try await identity.request("POST", generate, (email, "mistyped-secret-1"))
            _ = try await identity.request("POST", generate, (email, RunningIdentity.password))
            _ = try await identity.request("GET", "/v2/users", (email, key))
            for password in ["short", "perfectly-fine-1", "cov_secret"] {
                _ = try await identity.request(
                    "POST", "/v2/users", RunningIdentity.asAdmin,
                    body: PublicUsersTests.body("x@example.com", password: password + "~zz"))
            }
            for exchange in GoldenBytesTests.exchanges {
                let bytes = Hex.bytes(exchange.request)
                _ = try await identity.call(exchange.path, bytes, as: exchange.caller)
                _ = try? await identity.call(exchange.path, bytes + [0], as: exchange.caller)
                _ = try? await identity.call(exchange.path, bytes, as: nil)
            }
            let log = identity.log.text
            let secrets = [
                key, String(key.dropFirst(4)), RunningIdentity.userKey, RunningIdentity.adminKey,
                RunningIdentity.password, "mistyped-secret-1", "~zz",
                Base64Text.encode("\(email):\(RunningIdentity.password)"),
            ]
            #expect(!log.isEmpty)
            for secret in secrets { #expect(!log.contains(secret)) }
        }
    }
}
