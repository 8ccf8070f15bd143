import JSONAPI
import Testing

@Suite("Bad input gets a clear error and changes nothing", .serialized)
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let path: String
        var body: String?
        let status: Int
        let code: String
        var testDescription: String { self.name }
    }

    static let cases: [Case] = [
        Case(
            name: "malformed JSON", method: "POST", path: "/v2/contracts", body: "{\"data\":",
            status: 400, code: "malformed_json"),
        Case(
            name: "unknown contract", method: "GET", path: "/v2/contracts/5b87aded2dfb980011537690",
            status: 404, code: "not_found"),
        Case(
            name: "an id that is none", method: "GET", path: "/v2/contracts/nonsense",
            status: 404, code: "not_found"),
        Case(
            name: "unknown flow", method: "GET", path: "/v2/flows/5b87aded2dfb980011537690",
            status: 404, code: "not_found"),
        Case(
            name: "unknown deletion", method: "GET",
            path: "/v2/deletions/5b87aded2dfb980011537690", status: 404, code: "not_found"),
        Case(
            name: "unknown user", method: "GET", path: "/v2/users/5b87aded2dfb980011537690",
            status: 404, code: "not_found"),
        Case(
            name: "wrong method", method: "PUT", path: "/v2/contracts", body: "{}", status: 405,
            code: "method_not_allowed"),
    ]

    @Test("through the edge, from every service", .timeLimit(.minutes(2)))
    func refusals() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            for example in Self.cases {
                let answer = try await story.admin.send(
                    example.method, example.path, bytes: example.body.map { Array($0.utf8) })
                #expect(answer.status == example.status, "\(example.name): \(answer.body.text)")
                #expect(answer.errorCode == example.code, "\(example.name): \(answer.body.text)")
                if answer.status == 405 { #expect(answer.headers["allow"] != nil) }
            }
            let large = [UInt8](repeating: UInt8(ascii: " "), count: 2 << 20)
            let tooLarge = try await story.admin.send("POST", "/v2/contracts", bytes: large)
            #expect(tooLarge.status == 413)
            let nobody = Client(baseURL: suite.baseURL, credentials: nil)
            for path in ["/v2/contracts", "/v2/users/me", "/v2/flows", "/v2/deletions"] {
                let answer = try await nobody.get(path)
                #expect(answer.status == 401, "\(path)")
                #expect(answer.headers["www-authenticate"]?.hasPrefix("Basic") == true, "\(path)")
            }
            let contracts = try await story.admin.get("/v2/contracts")
            #expect(contracts.body["data"]?.array?.isEmpty == true, "nothing was made")
        }
    }
}
