/// A successful document: `{data, meta, included?, links?}`.
///
/// `meta` is always written, empty or not, as in the published documents.
public struct Document: Hashable, Sendable {
    /// The primary data.
    public enum Primary: Hashable, Sendable {
        /// A resource.
        case one(Resource)
        /// A collection.
        case many([Resource])
        /// There is none: `null`.
        case none
    }

    /// The primary data.
    public var data: Primary
    /// Facts about the document.
    public var meta: JSONObject
    /// Full objects of related resources; `nil` leaves the member out, empty writes `[]`.
    public var included: [Resource]?
    /// The document's own place (`links.self`).
    public var selfLink: String?

    /// Makes a document of one resource.
    public init(
        _ resource: Resource, meta: JSONObject = [:], included: [Resource]? = nil,
        selfLink: String? = nil
    ) {
        self.init(data: .one(resource), meta: meta, included: included, selfLink: selfLink)
    }

    /// Makes a document of a collection.
    public init(
        _ resources: [Resource], meta: JSONObject = [:], included: [Resource]? = nil,
        selfLink: String? = nil
    ) {
        self.init(data: .many(resources), meta: meta, included: included, selfLink: selfLink)
    }

    /// Makes a document of one page of a collection; `meta` tells the page and the totals.
    public init(
        _ resources: [Resource], page: Page, total: Int, included: [Resource]? = nil,
        selfLink: String? = nil
    ) {
        self.init(resources, meta: page.meta(total: total), included: included, selfLink: selfLink)
    }

    /// Makes a document.
    public init(
        data: Primary, meta: JSONObject = [:], included: [Resource]? = nil,
        selfLink: String? = nil
    ) {
        self.data = data
        self.meta = meta
        self.included = included
        self.selfLink = selfLink
    }

    /// The document as JSON.
    public var json: JSON {
        var object = JSONObject()
        switch self.data {
        case .one(let resource): object.appendNew("data", resource.json)
        case .many(let resources): object.appendNew("data", .array(resources.map(\.json)))
        case .none: object.appendNew("data", .null)
        }
        object.appendNew("meta", .object(self.meta))
        if let included = self.included {
            object.appendNew("included", .array(included.map(\.json)))
        }
        if let link = self.selfLink {
            object.appendNew("links", ["self": .string(link)])
        }
        return .object(object)
    }
}
