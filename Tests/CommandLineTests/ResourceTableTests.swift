import CommandLineDomain
import JSONAPI
import Testing

@Suite("Resources on the command line")
struct ResourceTableTests {
    @Test("a table has the id and the attributes asked for, in columns")
    func table() {
        let resources: [JSON] = [
            [
                "id": "5b87", "type": "member",
                "attributes": ["name": "Ada", "roles": ["owner", "admin"], "age": 36],
            ],
            ["id": "5b88", "attributes": ["name": "line\nbreak", "roles": [], "age": .null]],
        ]
        #expect(
            ResourceTable(["id", "name", "roles", "age"]).lines(of: resources) == [
                "ID    NAME        ROLES        AGE", "5b87  Ada         owner,admin  36",
                "5b88  line break  -            -",
            ])
        #expect(ResourceTable(["id"]).lines(of: []) == ["ID"])
        let scoped: JSON = ["id": "1", "attributes": ["r": [["scope": "a", "role": "b"]]]]
        #expect(ResourceTable(["r"]).lines(of: [scoped]) == ["R", "a.b"])
    }

    @Test("a body has what was given and nothing else")
    func bodies() {
        #expect(ResourceRequest.body("contract") == ["data": ["type": "contract"]])
        #expect(
            ResourceRequest.body(
                "workspace", id: "5b87", [("name", "Orders"), ("type", nil)],
                relationships: [("contract", "contract", "5b88")])
                == [
                    "data": [
                        "type": "workspace", "id": "5b87", "attributes": ["name": "Orders"],
                        "relationships": [
                            "contract": ["data": ["type": "contract", "id": "5b88"]]
                        ],
                    ]
                ])
    }

    @Test("queries and paths are encoded, refusals are told with their place")
    func texts() {
        #expect(PublicQuery.text([]) == "")
        #expect(
            PublicQuery.text([("filter[email]", "a+b@c.d"), ("x", "ü/")])
                == "?filter%5Bemail%5D=a%2Bb%40c.d&x=%C3%BC%2F")
        let refusal = PublicRefusal(
            status: 400,
            document: [
                "errors": [
                    [
                        "code": "invalid_value", "detail": "must be a name.",
                        "source": ["pointer": "/data/attributes/name"],
                    ],
                    ["code": "missing", "detail": "There is none."],
                ]
            ])
        #expect(
            refusal.description == """
                400 invalid_value: must be a name. (/data/attributes/name)
                400 missing: There is none.
                """)
        #expect(PublicRefusal(status: 502, document: .null).description == "502")
    }
}
