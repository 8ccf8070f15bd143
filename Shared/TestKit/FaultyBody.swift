public import JSONAPI

/// A body with a fault of shape in one place and a fault of meaning in another.
///
/// All problems of a body are told at once: a fault of shape hides none of meaning. Tests of a service
/// try one of these on each operation that takes a body of several parts.
public struct FaultyBody: Sendable {
    /// The operation's name.
    public let operation: String
    /// The path of a request for it.
    public let path: String
    /// Who makes the request; `nil` for nobody who is known.
    public let caller: String?
    /// The body.
    public let body: JSON
    /// What must be blamed, as JSON pointers (RFC 6901).
    public let places: [String]

    /// Makes a body of a resource's attributes, whose places are counted from them.
    public init(
        _ operation: String, _ path: String, as caller: String?, _ type: String, id: String? = nil,
        _ attributes: JSON, relationships: JSON? = nil, places: [String]
    ) {
        var data: JSONObject = ["type": .string(type), "attributes": attributes]
        data["id"] = id.map { .string($0) }
        data["relationships"] = relationships
        self.operation = operation
        self.path = path
        self.caller = caller
        self.body = ["data": .object(data)]
        self.places = places.map { "/data/attributes\($0)" }
    }

    /// What is asked of the path; `nil` when there is no such operation.
    public func method(in routes: [Route]) -> String? {
        routes.first { $0.id == self.operation }?.method.rawValue
    }

    /// The places that an answer does not blame.
    public func missed(in answer: PublicAnswer) -> [String] {
        let blamed = Set(
            (answer.json["errors"]?.array ?? []).map { $0["source"]?["pointer"]?.string })
        return self.places.filter { !blamed.contains($0) }
    }

    /// The operations that take a body of several parts and have none of these.
    public static func untried(_ routes: [Route], by bodies: [FaultyBody]) -> [String] {
        let tried = Set(bodies.map(\.operation))
        return routes.filter { route in
            switch route.body {
            case .none, .bytes: false
            case .json(let schema), .optionalJSON(let schema): schema.partCount > 1
            }
        }.map(\.id).filter { !tried.contains($0) }
    }
}

extension Schema {
    /// How many parts there are of what a body of this shape says: attributes, where it is a resource.
    fileprivate var partCount: Int {
        guard case .object(let members) = self else { return 0 }
        func part(_ name: String) -> Int? {
            members.first { $0.name == name }.map { $0.schema.partCount }
        }
        if let count = part("data") { return count }
        return part("type") == nil ? members.count : part("attributes") ?? 0
    }
}
