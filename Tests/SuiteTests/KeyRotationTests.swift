import JSONAPI
import Testing

@Suite("A key that was replaced", .serialized)
struct KeyRotationTests {
    /// One operation of each service, which answers 401 to nobody it knows.
    static let paths = [
        "/v2/users/me", "/v2/contracts", "/v2/flows?workspace_id=5b87aded2dfb980011537690",
        "/v2/deletions",
    ]

    @Test("opens nothing a second later, in no service", .timeLimit(.minutes(2)))
    func rotation() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            let before = try await story.person("ada").client
            for path in Self.paths {
                #expect(try await before.get(path).status != 401, "\(path)")
            }
            let rotated = try await before.post("/v2/users/me/generate-api-key")
            try story.expect(rotated, 200, "rotating")
            let clock = ContinuousClock()
            let end = clock.now + .seconds(1)
            for path in Self.paths {
                var isDead = false
                while !isDead {
                    let asked = clock.now
                    isDead = try await before.get(path).status == 401
                    try #require(isDead || asked < end, "\(path) after \(asked - end)")
                }
            }
            let email = try #require(before.credentials?.email)
            let key = try #require(rotated["api_key"]?.string)
            let after = Client(
                baseURL: suite.baseURL, credentials: .init(email: email, secret: key))
            for path in Self.paths {
                #expect(try await after.get(path).status != 401, "\(path)")
            }
        }
    }
}
