extension OpenAPI {
    /// Makes one document of several: all paths, sorted, and all components.
    ///
    /// The same documents give the same bytes, in whatever order they come. What two of them say
    /// alike is said once.
    ///
    /// - Throws: ``OpenAPIConflict`` when two of them say different things of one operation or
    ///   component, or give two operations one name.
    public static func merged(
        title: String, version: String, _ documents: [JSON]
    ) throws(OpenAPIConflict) -> JSON {
        var paths: [String: [String: JSON]] = [:]
        var components: [String: [String: JSON]] = [:]
        for document in documents {
            try self.add(document["paths"], to: &paths)
            try self.add(document["components"], to: &components)
        }
        var places: [String: String] = [:]
        for (path, item) in paths {
            for (method, operation) in item {
                guard let name = operation["operationId"]?.string else { continue }
                guard places.updateValue("\(method) \(path)", forKey: name) == nil else {
                    throw OpenAPIConflict(place: "operationId \(name)")
                }
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version)],
            "paths": self.sorted(paths), "components": self.sorted(components),
        ]
    }

    private static func add(
        _ groups: JSON?, to known: inout [String: [String: JSON]]
    ) throws(OpenAPIConflict) {
        for group in groups?.object?.members ?? [] {
            for member in group.value.object?.members ?? [] {
                let other = known[group.name, default: [:]].updateValue(
                    member.value, forKey: member.name)
                guard other ?? member.value == member.value else {
                    throw OpenAPIConflict(place: "\(group.name) \(member.name)")
                }
            }
        }
    }

    private static func sorted(_ groups: [String: [String: JSON]]) -> JSON {
        .object(
            JSONObject(
                groups.sorted { $0.key < $1.key }.map { name, members in
                    (name, .object(JSONObject(members.sorted { $0.key < $1.key })))
                }))
    }
}

/// Two descriptions of an API that cannot both be true.
public struct OpenAPIConflict: Error, Hashable, Sendable, CustomStringConvertible {
    /// What both describe: a path and a method, a component, or an operation's name.
    public let place: String

    /// Names the place.
    public init(place: String) { self.place = place }

    /// One sentence.
    public var description: String { "two descriptions say different things of \(self.place)" }
}
