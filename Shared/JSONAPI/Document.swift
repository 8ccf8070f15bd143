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
        var builder = JSONBuilder()
        self.write(to: &builder)
        return builder.result
    }

    /// The document as JSON text without white space, in UTF-8: the bytes of ``json``, without
    /// making it.
    public func bytes() -> [UInt8] {
        var writer = JSONWriter()
        self.write(to: &writer)
        return writer.bytes
    }

    private func write(to sink: inout some JSONSink) {
        sink.beginObject()
        sink.name("data")
        switch self.data {
        case .one(let resource): resource.write(to: &sink)
        case .many(let resources): sink.array(resources) { $0.write(to: &$1) }
        case .none: sink.value(.null)
        }
        sink.name("meta")
        sink.value(.object(self.meta))
        if let included = self.included {
            sink.name("included")
            sink.array(included) { $0.write(to: &$1) }
        }
        if let link = self.selfLink { sink.selfLink(link) }
        sink.endObject()
    }
}
