import JSONAPI
import Testing

@Suite("Query parameters")
struct QueryParametersTests {
    static let declared: [QueryParameter] =
        QueryParameter.page(defaultSize: 50) + [
            .include(["members", "invites"]), .sort(["name", "created_at"]),
            .filter("state", oneOf: ["active", "suspended"], "The state."),
            .text("search", .anything(1...20), "Part of the name."),
        ]

    @Test("what is declared is read, encoded brackets or not")
    func reading() throws {
        let query = try QueryParameters(
            "page%5Bnumber%5D=2&page[size]=100&include=members,invites&sort=-created_at,name"
                + "&filter[state]=active&search=a+b%26c",
            for: Self.declared)
        #expect(query.page == Page(number: 2, size: 100))
        #expect(query.include == ["members", "invites"])
        #expect(query.sort.map(\.attribute) == ["created_at", "name"])
        #expect(query.sort.map(\.isDescending) == [true, false])
        #expect(query.filter("state") == "active")
        #expect(query["search"] == "a b&c")
    }

    @Test("what is not given has its default")
    func defaults() throws {
        let query = try QueryParameters("", for: Self.declared)
        #expect(query.page == Page(number: 1, size: 50))
        #expect(query.include == nil)
        #expect(query.sort.isEmpty)
        #expect(try QueryParameters("include=", for: Self.declared).include == [])
    }

    @Test(
        "every wrong parameter is named",
        arguments: [
            ("x=1&y", ["unknown_parameter x", "unknown_parameter y"]),
            ("page[size]=101", ["invalid_parameter page[size]"]),
            ("page[number]=0", ["invalid_parameter page[number]"]),
            ("page[number]=1.0", ["invalid_parameter page[number]"]),
            ("include=members,flows", ["invalid_parameter include"]),
            ("sort=-size", ["invalid_parameter sort"]),
            ("filter[state]=gone", ["invalid_parameter filter[state]"]),
            ("search=a&search=b", ["repeated_parameter search"]),
            ("search=%zz", ["malformed_parameter search"]),
            ("search=%ff", ["malformed_parameter search"]),
        ])
    func wrong(query: String, expected: [String]) {
        let errors = #expect(throws: APIErrors.self) {
            try QueryParameters(query, for: Self.declared)
        }
        let found = errors?.errors.map { error in
            guard case .parameter(let name) = error.source else { return error.code }
            return "\(error.code) \(name)"
        }
        #expect(found == expected)
    }
}
