package import JSONAPI

/// Shows resources of one type as a table.
package struct ResourceTable: Sendable {
    private let columns: [String]

    /// Names the columns: `id` or attributes, in their order.
    package init(_ columns: [String]) { self.columns = columns }

    /// A heading, then a line a resource.
    package func lines(of resources: [JSON]) -> [String] {
        let heading = self.columns.map { $0.uppercased() }
        let rows = resources.map { resource in
            self.columns.map { column in
                Self.text(column == "id" ? resource["id"] : resource["attributes"]?[column])
            }
        }
        return TextTable([heading] + rows).lines
    }

    /// A value in one cell: lists with commas, `-` for nothing.
    private static func text(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "-" }
        if let list = value.array {
            return list.isEmpty ? "-" : list.map(self.text).joined(separator: ",")
        }
        if let object = value.object {
            return object.members.map { self.text($0.value) }.joined(separator: ".")
        }
        return value.string?.replacing("\n", with: " ") ?? value.text
    }
}

/// The body of a request about one resource.
package enum ResourceRequest {
    /// `{"data": {type, id?, attributes?, relationships?}}`; attributes without a value are left out.
    package static func body(
        _ type: String, id: String? = nil, _ attributes: [(String, JSON?)] = [],
        relationships: [(name: String, type: String, id: String)] = []
    ) -> JSON {
        var data: JSONObject = ["type": .string(type)]
        if let id { data["id"] = .string(id) }
        let given = attributes.compactMap { name, value in value.map { (name, $0) } }
        if !given.isEmpty { data["attributes"] = .object(JSONObject(given)) }
        if !relationships.isEmpty {
            data["relationships"] = .object(
                JSONObject(
                    relationships.map { relationship in
                        (
                            relationship.name,
                            [
                                "data": [
                                    "type": .string(relationship.type),
                                    "id": .string(relationship.id),
                                ]
                            ]
                        )
                    }))
        }
        return ["data": .object(data)]
    }
}
