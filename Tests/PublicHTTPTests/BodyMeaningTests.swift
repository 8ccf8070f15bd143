import HTTP2
import JSONAPI
import Logging
import Testing

@testable import PublicHTTP

@Suite("What a body says beside its shape")
struct BodyMeaningTests {
    struct Case: Sendable {
        var name: String
        var body: String
        var errors: [String]
    }

    static let cases = [
        Case(
            name: "a body of the right shape is the handler's alone",
            body: #"{"data": {"type": "thing", "attributes": {"name": "odd"}}}"#, errors: []),
        Case(
            name: "what is said wrongly is told after what is shaped wrongly",
            body: #"{"data": {"type": "thing", "attributes": {"name": "n", "colour": "odd"}}}"#,
            errors: ["/data/attributes/name", "/data/attributes/colour"]),
        Case(
            name: "one place is told once",
            body: #"{"data": {"type": "thing", "attributes": {"name": "fine", "colour": 1}}}"#,
            errors: ["/data/attributes/colour"]),
        Case(
            name: "who may not know is told of the shape only",
            body: #"{"data": {"type": "secret", "attributes": {"name": "fine", "colour": "odd"}}}"#,
            errors: ["/data/type"]),
        Case(
            name: "what the handler finds is not all",
            body: #"{"data": {"type": "thing", "attributes": {"name": "bad", "colour": "odd"}}}"#,
            errors: ["/data/attributes/name", "/data/attributes/colour"]),
        Case(
            name: "what the handler finds is told once",
            body: #"{"data": {"type": "thing", "attributes": {"name": "bad"}}}"#,
            errors: ["/data/attributes/name"]),
        Case(name: "what is no JSON says nothing", body: "{", errors: [""]),
    ]

    /// Finds fault with every colour, whatever it is.
    static func edge() throws -> PublicEdge {
        var routes = PublicRoutes()
        let route = Route(
            .post, "/v2/things", id: "paint", summary: "Paints", permission: "anybody",
            authentication: .none,
            body: .json(
                .resource(
                    "thing",
                    attributes: [
                        .optional("name", .text(.anything(3...40))), .optional("colour", .string),
                    ])), answers: [.init(204, "Painted.")])
        routes.on(
            route,
            meaning: { request in
                guard request.json?["data"]?["type"] == "thing" else {
                    throw APIError.notFound("It is not yours")
                }
                let colour = request.json?["data"]?["attributes"]?["colour"]
                return colour == nil ? [] : [.invalid("/data/attributes/colour", "is odd.")]
            },
            { request in
                let name = request.json?["data"]?["attributes"]?["name"]
                if name == "bad" { throw APIError.invalid("/data/attributes/name", "is bad.") }
                if name == "taken" { throw APIError.conflict("taken", "It is taken.") }
                return .empty()
            })
        return try PublicEdge(
            routes, authenticator: nil, logger: Logger(label: "x") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test("a refusal that does not blame the body stands alone")
    func conflict() async throws {
        let body = #"{"data": {"type": "thing", "attributes": {"name": "taken", "colour": "odd"}}}"#
        let answer = try await Self.edge().answer(
            EdgeRequest(
                method: "POST", target: "/v2/things",
                fields: ["content-type": "application/json"], body: Array(body.utf8)))
        #expect(answer.status == 409)
        #expect(try answer.json()["errors"]?.array?.count == 1)
    }

    @Test("is held against the rules only when something is wrong", arguments: cases)
    func told(example: Case) async throws {
        let answer = try await Self.edge().answer(
            EdgeRequest(
                method: "POST", target: "/v2/things",
                fields: ["content-type": "application/json"], body: Array(example.body.utf8)))
        #expect(answer.status == (example.errors.isEmpty ? 204 : 400))
        guard answer.status == 400 else { return }
        let errors = try answer.json()["errors"]?.array ?? []
        #expect(
            errors.map { $0["source"]?["pointer"]?.string } == example.errors.map { $0 },
            "\(example.name)")
    }
}
