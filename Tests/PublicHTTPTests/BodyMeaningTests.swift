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

    private static let routes = [
        Route(
            .post, "/v2/things", id: "paint", summary: "Paints", permission: "anybody",
            authentication: .none, body: .json(Self.body), answers: [.init(204, "Painted.")]),
        Route(
            .patch, "/v2/things/{thing_id}", id: "repaint", summary: "Paints",
            permission: "anybody", authentication: .none, body: .json(Self.body),
            answers: [.init(204, "Painted.")]),
    ]

    private static let body = Schema.resource(
        "thing", id: .optional,
        attributes: [
            .optional("name", .text(.anything(3...40))), .optional("colour", .string),
        ])

    /// Finds fault with every colour, whatever it is.
    static func edge() throws -> PublicEdge {
        var routes = PublicRoutes()
        let meaning: PublicBodyCheck = { request in
            guard request.json?["data"]?["type"] == "thing" else {
                throw APIError.notFound("It is not yours")
            }
            let colour = request.json?["data"]?["attributes"]?["colour"]
            return colour == nil ? [] : [.invalid("/data/attributes/colour", "is odd.")]
        }
        for route in Self.routes {
            routes.on(route, meaning: meaning) { request in
                if let id = request.parameters.last { try request.resource().checkID(id) }
                let name = request.json?["data"]?["attributes"]?["name"]
                if name == "bad" { throw APIError.invalid("/data/attributes/name", "is bad.") }
                if name == "taken" { throw APIError.conflict("taken", "It is taken.") }
                return .empty()
            }
        }
        return try PublicEdge(
            routes, authenticator: nil, logger: Logger(label: "x") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test(
        "a change of another resource than the path's is told with everything else",
        arguments: [
            (#""name": "fine""#, 409, ["id_mismatch"]),
            (#""name": "fine", "colour": "odd""#, 400, ["id_mismatch", "invalid_value"]),
            (
                #""name": "n", "colour": "odd""#, 400,
                ["invalid_value", "id_mismatch", "invalid_value"]
            ),
        ])
    func anotherResource(attributes: String, status: Int, codes: [String]) async throws {
        let body = """
            {"data": {"type": "thing", "id": "0123456789abcdef01234567", "attributes": \
            {\(attributes)}}}
            """
        let answer = try await Self.edge().answer(
            EdgeRequest(
                method: "PATCH", target: "/v2/things/5b87aded2dfb980011537690",
                fields: ["content-type": "application/json"], body: Array(body.utf8)))
        #expect(answer.status == status)
        #expect(try answer.json()["errors"]?.array?.map { $0["code"]?.string } == codes)
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
