import JSONAPI
import Testing

@Suite("Describing the operations of several services at once")
struct OpenAPIMergingTests {
    static func document(_ routes: [Route]) -> JSON {
        OpenAPI(title: "T", version: "2", routes: routes).json
    }

    static func route(
        _ method: Route.Method, _ path: PathTemplate, id: String, summary: String = ""
    ) -> Route {
        Route(
            method, path, id: id, summary: summary, permission: "all", answers: [.init(204, "")])
    }

    static let shared = Self.route(.get, "/v2/openapi.json", id: "getOpenAPI")
    static let first = Self.document([Self.route(.get, "/v2/b", id: "getB"), Self.shared])
    static let second = Self.document([
        Self.route(.get, "/v2/a", id: "getA"), Self.route(.post, "/v2/b", id: "postB"), Self.shared,
    ])

    static func merged(_ documents: [JSON]) throws(OpenAPIConflict) -> JSON {
        try OpenAPI.merged(title: "All", version: "2", documents)
    }

    @Test("every operation is there once, sorted by path, whatever the order of the documents")
    func merges() throws {
        let document = try Self.merged([Self.first, Self.second])
        #expect(document["openapi"] == "3.1.0")
        #expect(document["info"] == ["title": "All", "version": "2"])
        #expect(document["paths"]?.object?.names == ["/v2/a", "/v2/b", "/v2/openapi.json"])
        #expect(document["paths"]?["/v2/b"]?.object?.names == ["get", "post"])
        #expect(document["components"]?["schemas"] == Self.first["components"]?["schemas"])
        #expect(try Self.merged([Self.second, Self.first]).text == document.text)
        #expect(try Self.merged([document]).text == document.text)
    }

    @Test("what cannot both be true is refused, naming it")
    func conflicts() {
        let other = Self.document([Self.route(.get, "/v2/b", id: "getB", summary: "Other")])
        #expect(throws: OpenAPIConflict(place: "/v2/b get")) {
            try Self.merged([Self.first, other])
        }
        let sameName = Self.document([Self.route(.get, "/v2/c", id: "getB")])
        #expect(throws: OpenAPIConflict(place: "operationId getB")) {
            try Self.merged([Self.first, sameName])
        }
    }
}
