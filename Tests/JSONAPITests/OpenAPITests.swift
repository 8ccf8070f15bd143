import JSONAPI
import Testing

@Suite("Describing operations")
struct OpenAPITests {
    static let routes = [
        Route(
            .get, "/v2/contracts/{contract_id}", id: "getContract", summary: "Reads a contract",
            permission: "members", query: [.include(["members"])],
            answers: [.init(200, "The contract.", .document("contract"))]),
        Route(
            .patch, "/v2/contracts/{contract_id}", id: "editContract", summary: "Edits it",
            permission: "owners",
            body: .json(
                .resource(
                    "contract", id: .required,
                    attributes: [.optional("name", .text(SchemaTests.name), "The new name.")])),
            answers: [.init(200, "The contract.", .document("contract"))]),
        Route(
            .post, "/v2/invites/{token}/accept", id: "acceptInvite", summary: "Accepts",
            permission: "anybody", authentication: .none, answers: [.init(204, "Accepted.")]),
    ]

    static let document = OpenAPI(title: "T", version: "2", routes: Self.routes).json

    @Test("operations of one path share an item and carry what their routes say")
    func operations() throws {
        let item = try #require(Self.document["paths"]?["/v2/contracts/{contract_id}"])
        #expect(item.object?.names == ["get", "patch"])
        let get = try #require(item["get"])
        #expect(get["operationId"] == "getContract")
        #expect(get["security"] == [["basic": []], ["session": [], "antiForgery": []]])
        let names = get["parameters"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["contract_id", "include"])
        #expect(get["responses"]?.object?.names == ["200", "default"])
        let accept = try #require(Self.document["paths"]?["/v2/invites/{token}/accept"]?["post"])
        #expect(accept["security"] == [])
        #expect(accept["requestBody"] == nil)
    }

    @Test("a body's schema is the one it is checked against")
    func bodies() throws {
        let schema = try #require(
            Self.document["paths"]?["/v2/contracts/{contract_id}"]?["patch"]?["requestBody"]?[
                "content"]?["application/json"]?["schema"])
        let data = try #require(schema["properties"]?["data"])
        #expect(data["required"] == ["type", "id"])
        #expect(data["additionalProperties"] == false)
        let name = data["properties"]?["attributes"]?["properties"]?["name"]
        #expect(
            name == [
                "type": "string", "minLength": 3, "maxLength": 40,
                "pattern": "^[A-Za-z0-9\\s_-]{3,40}$", "description": "The new name.",
            ])
    }

    @Test("every answer with a document is described in each form a client may ask for")
    func forms() throws {
        let get = try #require(
            Self.document["paths"]?["/v2/contracts/{contract_id}"]?["get"]?["responses"])
        let all = ["application/json", "application/vnd.api+json", "application/cbor"]
        for status in ["200", "default"] {
            let content = try #require(get[status]?["content"]?.object)
            #expect(content.names == all)
            #expect(content["application/cbor"] == content["application/json"])
        }
        let patch = Self.document["paths"]?["/v2/contracts/{contract_id}"]?["patch"]
        #expect(
            patch?["requestBody"]?["content"]?.object?.names
                == ["application/json", "application/vnd.api+json"])
    }

    @Test("every reference leads somewhere, and every operation is told apart")
    func references() {
        var references: [String] = []
        Self.walk(Self.document) { name, value in
            if name == "$ref", let text = value.string { references.append(text) }
        }
        #expect(Set(references) == ["#/components/schemas/Errors"])
        #expect(Self.document["components"]?["schemas"]?["Errors"] != nil)
        #expect(Self.document["openapi"] == "3.1.0")
    }

    private static func walk(_ value: JSON, _ visit: (String, JSON) -> Void) {
        for member in value.object?.members ?? [] {
            visit(member.name, member.value)
            self.walk(member.value, visit)
        }
        for element in value.array ?? [] { self.walk(element, visit) }
    }
}
