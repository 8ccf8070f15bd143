import JSONAPI
import Testing

@Suite("Checking bodies")
struct SchemaTests {
    static let name = TextRule(
        "a contract name (3 to 40 letters, digits, spaces, - and _)", lengths: 3...40,
        pattern: "^[A-Za-z0-9\\s_-]{3,40}$"
    ) { $0.allSatisfy { $0.isLetter || $0.isNumber || $0.isWhitespace || "-_".contains($0) } }

    static let create = Schema.resource(
        "contract",
        attributes: [
            .required("name", .text(Self.name)),
            .optional("support_user_id", .identifier),
            .optional(
                "available_roles",
                .list(
                    .object([
                        .required("scope", .choice(["contracts", "workspaces"])),
                        .required("role", .string),
                    ]))),
        ])

    @Test("the published body passes")
    func published() throws {
        let body = try JSON(
            parsing: """
                {"data":{"type":"contract","attributes":{"name":"My Contract","available_roles":[
                {"scope":"contracts","role":"admin"},{"scope":"workspaces","role":"admin"}]}}}
                """)
        #expect(Self.create.faults(of: body).isEmpty)
        let resource = try ResourceBody(body)
        #expect(try resource.attributes.string("name") == "My Contract")
        let roles = try #require(try resource.attributes.optionalObjects("available_roles"))
        #expect(try roles.map { try $0.string("scope") } == ["contracts", "workspaces"])
        #expect(roles[1].pointer == "/data/attributes/available_roles/1")
    }

    @Test(
        "every problem is told with its pointer",
        arguments: [
            ("[]", ["wrong_type "]),
            ("{}", ["missing "]),
            (#"{"data":{"type":"flow"}}"#, ["invalid_value /data/type", "missing /data"]),
            (#"{"data":{"type":"contract","attributes":{}}}"#, ["missing /data/attributes"]),
            (
                #"{"data":{"type":"contract","id":"x","attributes":{"name":7,"nmae":1}},"x~/y":1}"#,
                [
                    "wrong_type /data/attributes/name", "unknown_member /data/attributes/nmae",
                    "unknown_member /data/id", "unknown_member /x~0~1y",
                ]
            ),
            (
                """
                {"data":{"type":"contract","attributes":{"name":"a!","support_user_id":"1",
                "available_roles":[{"scope":"x","role":"r"},3]}}}
                """,
                [
                    "invalid_value /data/attributes/name",
                    "invalid_value /data/attributes/support_user_id",
                    "invalid_value /data/attributes/available_roles/0/scope",
                    "wrong_type /data/attributes/available_roles/1",
                ]
            ),
        ])
    func faults(text: String, expected: [String]) throws {
        let faults = Self.create.faults(of: try JSON(parsing: text))
        let found = faults.map { fault in
            guard case .pointer(let pointer) = fault.source else { return fault.code }
            return "\(fault.code) \(pointer)"
        }
        #expect(found == expected)
        #expect(faults.allSatisfy { $0.status == 400 })
    }

    @Test("a flood of problems is cut off")
    func flood() {
        let many = JSON.array(Array(repeating: "x", count: 1_000))
        #expect(Schema.list(.boolean).faults(of: many).count == 50)
    }

    @Test(
        "values are told from one another",
        arguments: [
            (Schema.boolean, JSON.bool(true), true), (.boolean, 1, false),
            (.integer(1...5), 5, true), (.integer(1...5), 6, false), (.integer(1...5), 1.5, false),
            (.number, 1, true), (.number, "1", false),
            (.nullable(.string), nil, true), (.string, nil, false),
            (.either([.boolean, .string]), "a", true), (.either([.boolean, .string]), 1, false),
            (.map(.boolean), .object(["a": true]), true),
            (.map(.boolean), .object(["a": 1]), false),
            (.array(.anything, counts: 1...2), .array([]), false), (.anything, nil, true),
            (.email, "a@b.c", true), (.email, "a@b@c", false), (.email, "a b@c", false),
            (.identifier, "5b87aded2dfb980011537690", true),
            (.identifier, "5B87ADED2DFB980011537690", false),
        ])
    func values(schema: Schema, value: JSON, isAccepted: Bool) {
        #expect(schema.faults(of: value).isEmpty == isAccepted)
    }

    @Test("a member of the wrong type is refused by name when it is read")
    func reading() throws {
        let reader = ObjectReader(["n": 1, "t": "x", "null": nil], pointer: "/data")
        let error = #expect(throws: APIError.self) { try reader.string("n") }
        #expect(error?.source == .pointer("/data/n"))
        #expect(throws: APIError.self) { try reader.string("absent") }
        #expect(try reader.optionalString("null") == nil)
        #expect(try reader.optionalInteger("n") == 1)
        #expect(throws: APIError.self) { try reader.value("t", "a number") { Int($0) } }
        #expect(throws: APIError.self) { try reader.optionalStrings("t") }
    }

    @Test("an id other than the path's is a conflict")
    func mismatch() throws {
        let body = try ResourceBody(["data": ["type": "a", "id": "1"]])
        try body.checkID("1")
        let error = #expect(throws: APIError.self) { try body.checkID("2") }
        #expect(error?.status == 409)
    }
}
