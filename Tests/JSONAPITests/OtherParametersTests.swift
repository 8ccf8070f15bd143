import JSONAPI
import Testing

@Suite("Parameters that somebody else made up")
struct OtherParametersTests {
    private let declared: [QueryParameter] = [
        .integer("depth", 1...9, default: 1, "How deep."), .others("Passed on."),
    ]

    @Test("any name is taken, and all are given by name")
    func takesAny() throws {
        let query = try QueryParameters("x=1&y%5B%5D=a+b&z", for: self.declared)
        #expect(query.all == ["x": "1", "y[]": "a b", "z": ""])
    }

    @Test("a declared name keeps its rule")
    func keepsRules() throws {
        #expect(throws: APIErrors.self) { try QueryParameters("depth=10", for: self.declared) }
    }
}
