import CBOR
import JSONAPI
import Testing

@Suite("Documents")
struct DocumentTests {
    @Test("a created contract reads as in the published example")
    func created() {
        let contract = Resource(
            type: "contract", id: "5b87aded2dfb980011537690",
            selfLink: "/v2/contracts/5b87aded2dfb980011537690",
            attributes: ["name": "My Contract"])
        #expect(
            Document(contract).json.text == """
                {"data":{"id":"5b87aded2dfb980011537690","type":"contract",\
                "links":{"self":"/v2/contracts/5b87aded2dfb980011537690"},\
                "attributes":{"name":"My Contract"}},"meta":{}}
                """)
    }

    @Test("a contract with members in full reads as in the published example")
    func included() {
        let link = "/v2/contracts/5b4f3e093a472b06c71d47"
        let contract = Resource(
            type: "contract", id: "5b4f3e093a472b06c71d47", selfLink: link,
            attributes: ["name": "LucontractOne"],
            relationships: [
                "members": .many(
                    "contract-member", ["59d22eeb865b0018adc248"], selfLink: "\(link)/members/"),
                "invites": .many("contract-invite", [], selfLink: "\(link)/invites/"),
            ])
        let member = Resource(
            type: "contract-member", id: "59d22eeb865b0018adc248",
            attributes: ["first_name": "Alla", "role": "admin"],
            relationships: [
                "user": .one(
                    "user", "59d22eeb865b0018adc248", selfLink: "/v2/users/59d22eeb865b0018adc248")
            ])
        let document = Document(contract, included: [member], selfLink: link)
        #expect(
            document.json.text == """
                {"data":{"id":"5b4f3e093a472b06c71d47","type":"contract",\
                "links":{"self":"/v2/contracts/5b4f3e093a472b06c71d47"},\
                "attributes":{"name":"LucontractOne"},\
                "relationships":{"members":{"data":[{"id":"59d22eeb865b0018adc248",\
                "type":"contract-member"}],\
                "links":{"self":"/v2/contracts/5b4f3e093a472b06c71d47/members/"}},\
                "invites":{"data":[],\
                "links":{"self":"/v2/contracts/5b4f3e093a472b06c71d47/invites/"}}}},\
                "meta":{},"included":[{"id":"59d22eeb865b0018adc248","type":"contract-member",\
                "attributes":{"first_name":"Alla","role":"admin"},\
                "relationships":{"user":{"data":{"id":"59d22eeb865b0018adc248","type":"user"},\
                "links":{"self":"/v2/users/59d22eeb865b0018adc248"}}}}],\
                "links":{"self":"/v2/contracts/5b4f3e093a472b06c71d47"}}
                """)
    }

    @Test("a page tells its place and the totals")
    func paged() {
        let document = Document([], page: Page(number: 3, size: 20), total: 41)
        #expect(
            document.json.text
                == #"{"data":[],"meta":{"page":3,"per_page":20,"total":41,"total_pages":3}}"#)
        #expect(Page(number: 3, size: 20).offset == 40)
    }

    @Test(
        "a document's bytes are those of its JSON",
        arguments: [
            Document(data: .none), Document([Resource](), page: Page(size: 20), total: 0),
            Document(
                Resource(
                    type: "a", id: "\"1\"", selfLink: "/a/1",
                    attributes: ["n": nil, "o": ["p": [1, "\n"]]],
                    relationships: [
                        "one": .one("b", "2", selfLink: "/b"), "none": .init(linkage: .one(nil)),
                        "many": .many("b", ["2", "3"]), "nobody": .many("b", [String]()),
                        "link": .link("/c"),
                    ], meta: ["m": true]), meta: ["x": 1], included: [], selfLink: "/d"),
            Document(
                [Resource(type: "a", id: "1"), Resource(type: "a", id: "2")],
                included: [Resource(type: "b", id: "2"), Resource(type: "b", id: "3")]),
        ])
    func bytes(document: Document) throws {
        #expect(document.bytes() == document.json.bytes())
        #expect(try JSON(parsing: document.bytes()) == document.json)
    }

    @Test("no primary data is null, and an absent to-one linkage is null")
    func nothing() {
        #expect(Document(data: .none).json.text == #"{"data":null,"meta":{}}"#)
        #expect(Relationship(linkage: .one(nil)).json.text == #"{"data":null}"#)
        #expect(Relationship.link("/v2/x").json.text == #"{"links":{"self":"/v2/x"}}"#)
    }

    @Test("relating twice to one name replaces the first")
    func relating() {
        var resource = Resource(type: "a", id: "1")
        resource.relate("b", to: .one("b", "1"))
        resource.relate("b", to: .one("b", "2"))
        #expect(
            resource.json.text
                == #"{"id":"1","type":"a","relationships":{"b":{"data":{"id":"2","type":"b"}}}}"#)
    }

    @Test("errors list every problem with an integer status")
    func errors() throws {
        let errors = try #require(
            APIErrors([
                .conflict("contract_suspended", "The contract is suspended.", pointer: "/data/id"),
                APIError(
                    409, "busy", "Later.", source: .header("If-Match"), meta: ["state": "deleting"],
                    retryAfterSeconds: 3),
            ]))
        #expect(
            errors.json.text == """
                {"errors":[{"status":409,"code":"contract_suspended","title":"Conflict",\
                "detail":"The contract is suspended.","source":{"pointer":"/data/id"},"meta":{}},\
                {"status":409,"code":"busy","title":"Conflict","detail":"Later.",\
                "source":{"header":"If-Match"},"meta":{"state":"deleting"}}],"meta":{}}
                """)
        #expect(errors.status == 409)
        #expect(errors.retryAfterSeconds == 3)
        #expect(APIErrors([]) == nil)
    }

    @Test(
        "problems of several statuses share the general one",
        arguments: [([400, 404], 400), ([409, 403], 400), ([404, 503], 500), ([422, 422], 422)])
    func mixed(statuses: [Int], status: Int) throws {
        let errors = try #require(APIErrors(statuses.map { APIError($0, "x", "y") }))
        #expect(errors.status == status)
    }

    @Test("the same document in CBOR has the same members in the same order")
    func cbor() {
        let bytes = Document(
            Resource(type: "a", id: "1", attributes: ["n": 1.5, "b": [true, nil]])
        )
        .json.cborBytes()
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(
            hexadecimal
                == "a2" + "6464617461" + "a3" + "626964" + "6131" + "6474797065" + "6161"
                + "6a61747472696275746573" + "a2" + "616e" + "f93e00" + "6162" + "82f5f6"
                + "646d657461" + "a0")
    }
}
