/// What a resource is related to: `{data, links}`.
public struct Relationship: Hashable, Sendable {
    /// The linkage.
    public enum Linkage: Hashable, Sendable {
        /// At most one resource; `nil` is written as `null`.
        case one(ResourceIdentifier?)
        /// Any number of resources.
        case many([ResourceIdentifier])
        /// Only the link is told.
        case untold
    }

    /// The linkage.
    public var linkage: Linkage
    /// Where the related resource or resources are (`links.self`, as the documents have it).
    public var selfLink: String?

    /// Relates to one resource.
    public static func one(_ type: String, _ id: String, selfLink: String? = nil) -> Self {
        Self(linkage: .one(ResourceIdentifier(type: type, id: id)), selfLink: selfLink)
    }

    /// Relates to any number of resources of one type.
    public static func many(
        _ type: String, _ ids: some Sequence<String>, selfLink: String? = nil
    ) -> Self {
        let identifiers = ids.map { ResourceIdentifier(type: type, id: $0) }
        return Self(linkage: .many(identifiers), selfLink: selfLink)
    }

    /// Says only where the related resources are.
    public static func link(_ selfLink: String) -> Self {
        Self(linkage: .untold, selfLink: selfLink)
    }

    /// Makes a relationship.
    public init(linkage: Linkage, selfLink: String? = nil) {
        self.linkage = linkage
        self.selfLink = selfLink
    }

    /// The relationship as JSON.
    public var json: JSON {
        var builder = JSONBuilder()
        self.write(to: &builder)
        return builder.result
    }

    func write(to sink: inout some JSONSink) {
        sink.beginObject()
        switch self.linkage {
        case .one(let identifier):
            sink.name("data")
            if let identifier { identifier.write(to: &sink) } else { sink.value(.null) }
        case .many(let identifiers):
            sink.name("data")
            sink.array(identifiers) { $0.write(to: &$1) }
        case .untold: break
        }
        if let link = self.selfLink { sink.selfLink(link) }
        sink.endObject()
    }
}
