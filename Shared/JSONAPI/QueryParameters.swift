/// The query of a request, checked against what its route declares.
public struct QueryParameters: Sendable {
    private let declared: [QueryParameter]
    private let values: [String: String]

    /// Reads a query string (without its question mark).
    ///
    /// - Throws: ``APIErrors``, all problems at once: malformed encoding, unknown and repeated
    ///   names, wrong values, each naming its parameter.
    public init(_ query: some StringProtocol, for declared: [QueryParameter]) throws(APIErrors) {
        self.declared = declared
        guard !query.isEmpty else {
            self.values = [:]
            return
        }
        var values: [String: String] = [:]
        var problems: [APIError] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
                let value = PercentCoding.decode(
                    parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else {
                problems.append(
                    Self.problem(
                        String(parts[0]), "malformed_parameter", "is not percent-encoded UTF-8."))
                continue
            }
            guard let parameter = Self.parameter(name, of: declared) else {
                problems.append(
                    Self.problem(name, "unknown_parameter", "is not a parameter known here."))
                continue
            }
            guard values.updateValue(value, forKey: name) == nil else {
                problems.append(Self.problem(name, "repeated_parameter", "is given twice."))
                continue
            }
            if let detail = parameter.problem(of: value) {
                problems.append(Self.problem(name, "invalid_parameter", detail))
            }
        }
        if let errors = APIErrors(problems) { throw errors }
        self.values = values
    }

    /// Every parameter that was given, by name.
    public var all: [String: String] { self.values }

    /// The text of a parameter, if it was given.
    public subscript(name: String) -> String? { self.values[name] }

    /// The text of `filter[name]`, if it was given.
    public func filter(_ name: String) -> String? { self.values["filter[\(name)]"] }

    /// The number of a parameter declared as an integer, its default when it was not given.
    public func integer(_ name: String) -> Int? {
        if let text = self.values[name] { return Int(text) }
        for parameter in self.declared where parameter.name == name {
            if case .integer(_, let number) = parameter.kind { return number }
        }
        return nil
    }

    /// The page asked for; the first of 20 items when the route declares no paging.
    public var page: Page {
        Page(number: self.integer("page[number]") ?? 1, size: self.integer("page[size]") ?? 20)
    }

    /// The relationships to give in full; `nil` when `include` was not given.
    public var include: Set<String>? {
        self.values["include"].map { Set($0.split(separator: ",").map(String.init)) }
    }

    /// The order asked for, most significant first.
    public var sort: [SortKey] { self.values["sort"].map(SortKey.parse) ?? [] }

    /// The declaration of a name, that of all others if there is no better.
    private static func parameter(
        _ name: String, of declared: [QueryParameter]
    ) -> QueryParameter? {
        declared.first { $0.name == name }
            ?? declared.first { if case .others = $0.kind { true } else { false } }
    }

    private static func problem(_ name: String, _ code: String, _ detail: String) -> APIError {
        APIError(400, code, "The query parameter \"\(name)\" \(detail)", source: .parameter(name))
    }
}
