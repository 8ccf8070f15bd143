/// A resource object of a document: `{id, type, links, attributes, relationships, meta}`.
///
/// Members that are empty are left out, in the order of the published documents.
public struct Resource: Hashable, Sendable {
    /// The kind, for example `contract-member`.
    public var type: String
    /// The identifier, unique within the type.
    public var id: String
    /// Where the resource is; `nil` leaves `links` out.
    public var selfLink: String?
    /// What it is.
    public var attributes: JSONObject
    /// What it belongs to, in order.
    public var relationships: [(name: String, relationship: Relationship)] {
        get { self.related.map { ($0.name, $0.relationship) } }
        set {
            self.related = newValue.map { Related(name: $0.name, relationship: $0.relationship) }
        }
    }
    /// Facts that are not attributes.
    public var meta: JSONObject

    private struct Related: Hashable {
        var name: String
        var relationship: Relationship
    }

    private var related: [Related]

    /// Makes a resource.
    public init(
        type: String, id: String, selfLink: String? = nil, attributes: JSONObject = [:],
        relationships: KeyValuePairs<String, Relationship> = [:], meta: JSONObject = [:]
    ) {
        self.type = type
        self.id = id
        self.selfLink = selfLink
        self.attributes = attributes
        self.related = relationships.map { Related(name: $0.key, relationship: $0.value) }
        self.meta = meta
    }

    /// The resource's type and identifier alone.
    public var identifier: ResourceIdentifier { ResourceIdentifier(type: self.type, id: self.id) }

    /// Adds a relationship, or replaces the one of that name.
    public mutating func relate(_ name: String, to relationship: Relationship) {
        if let index = self.related.firstIndex(where: { $0.name == name }) {
            self.related[index].relationship = relationship
        } else {
            self.related.append(Related(name: name, relationship: relationship))
        }
    }

    /// The resource as JSON.
    public var json: JSON {
        var builder = JSONBuilder()
        self.write(to: &builder)
        return builder.result
    }

    func write(to sink: inout some JSONSink) {
        sink.beginObject()
        sink.name("id")
        sink.text(self.id)
        sink.name("type")
        sink.text(self.type)
        if let link = self.selfLink { sink.selfLink(link) }
        if !self.attributes.isEmpty {
            sink.name("attributes")
            sink.value(.object(self.attributes))
        }
        if !self.related.isEmpty {
            sink.name("relationships")
            sink.beginObject()
            for related in self.related {
                sink.name(related.name)
                related.relationship.write(to: &sink)
            }
            sink.endObject()
        }
        if !self.meta.isEmpty {
            sink.name("meta")
            sink.value(.object(self.meta))
        }
        sink.endObject()
    }
}

/// The type and identifier of a resource: all that linkage says.
public struct ResourceIdentifier: Hashable, Sendable {
    /// The kind.
    public var type: String
    /// The identifier.
    public var id: String

    /// Makes an identifier object.
    public init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    /// The identifier object as JSON.
    public var json: JSON {
        var builder = JSONBuilder()
        self.write(to: &builder)
        return builder.result
    }

    func write(to sink: inout some JSONSink) {
        sink.beginObject()
        sink.name("id")
        sink.text(self.id)
        sink.name("type")
        sink.text(self.type)
        sink.endObject()
    }
}
