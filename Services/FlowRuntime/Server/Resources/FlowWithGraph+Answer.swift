import HTTP2
import JSONAPI
import PublicHTTP

extension FlowRow {
    /// Changes with everything people change of the flow; not with what the flow does.
    var entityTag: String { "\(self.version).\(self.updatedAt)" }
}

extension FlowWithGraph {
    /// The flow, with the tag that a change may be made dependent on.
    ///
    /// Not an entity tag of the listener's: what the flow does changes the document without it.
    func answer(status: Int = 200) throws -> PublicResponse {
        PublicResponse(
            status: status, fields: ["etag": "\"\(self.flow.entityTag)\""],
            body: .json(Document(try self.resource()).json))
    }
}
