import FlowRuntimeDomain
import HTTP2
import Identifiers
import JSONAPI
import PublicHTTP

extension FlowRuntimeService {
    func addComponents(to routes: inout PublicRoutes) {
        Self.on(ComponentRoutes.create, &routes) { request, caller in
            Self.answer(try await self.createComponent(try NewComponent(request), by: caller))
        }
        Self.on(ComponentRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let access = request.query.filter("access").flatMap(ComponentRow.Access.init)
            let (components, total) = try await self.components(
                for: try request.requiredParameter("contract_id"), access: access,
                limit: page.size, offset: page.offset, by: caller)
            return .document(Document(components.map(\.resource), page: page, total: total))
        }
        Self.on(ComponentRoutes.get, &routes) { request, caller in
            Self.answer(try await self.component(try request.component(), by: caller))
        }
        Self.on(ComponentRoutes.edit, &routes) { request, caller in
            let id = try request.component()
            try request.resource().checkID(id.text)
            let component = try await self.editComponent(
                id, try ComponentChange(request), by: caller
            ) { try request.checkIfMatch($0.entityTag) }
            return Self.answer(component)
        }
        Self.on(ComponentRoutes.delete, &routes) { request, caller in
            try await self.deleteComponent(try request.component(), by: caller) {
                try request.checkIfMatch($0.entityTag)
            }
            return .empty()
        }
    }

    func addComponentVersions(to routes: inout PublicRoutes) {
        Self.on(
            ComponentVersionRoutes.create, &routes,
            meaning: { try await self.meaning(ofNewVersion: $0) }
        ) { request, caller in
            let version = try await self.createComponentVersion(
                try NewComponentVersion(request), of: try request.component(), by: caller)
            return .document(Document(try version.resource()))
        }
        Self.on(ComponentVersionRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let id = try request.component()
            let (versions, total) = try await self.componentVersions(
                of: id, limit: page.size, offset: page.offset, by: caller)
            return .document(
                Document(
                    try versions.map { try $0.resource() }, page: page, total: total,
                    selfLink: "/v2/components/\(id)/versions"))
        }
        Self.on(ComponentVersionRoutes.get, &routes) { request, caller in
            let version = try await self.componentVersion(
                try request.identifier("version_id", "Version"), of: try request.component(),
                by: caller)
            return .document(Document(try version.resource()))
        }
        Self.on(ComponentVersionRoutes.delete, &routes) { request, caller in
            try await self.deleteComponentVersion(
                try request.identifier("version_id", "Version"), of: try request.component(),
                by: caller)
            return .empty()
        }
    }

    /// A document of a component, with the tag that a change may be made dependent on.
    private static func answer(_ view: ComponentView) -> PublicResponse {
        var response = PublicResponse.document(Document(view.resource))
        response.fields = ["etag": "\"\(view.component.entityTag)\""]
        return response
    }
}

extension PublicRequest {
    func component() throws(APIError) -> ComponentID {
        try self.identifier("component_id", "Component")
    }
}

extension NewComponent {
    fileprivate init(_ request: PublicRequest) throws(APIError) {
        let body = try request.resource()
        let team = try body.relationships.optionalLinkage("team")
        guard let team = team.flatMap({ TeamID($0) }) else {
            throw APIError.invalid(
                "/data/relationships/team/data/id", "must be a team's identifier.")
        }
        self.init(
            team: team, name: try body.attributes.string("name"),
            description: try body.attributes.optionalString("description"),
            access: try body.attributes.access() ?? .team)
    }
}

extension ComponentChange {
    fileprivate init(_ request: PublicRequest) throws(APIError) {
        let attributes = try request.resource().attributes
        self.init(description: nil, access: try attributes.access())
        if attributes.has("description") {
            self.description = .some(try attributes.optionalString("description"))
        }
    }
}

extension ObjectReader {
    fileprivate func access() throws(APIError) -> ComponentRow.Access? {
        try self.optionalString("access").flatMap(ComponentRow.Access.init)
    }
}

extension NewComponentVersion {
    fileprivate init(_ request: PublicRequest) throws(APIError) {
        let attributes = try request.resource().attributes
        let descriptor = JSON.object(try attributes.object("component").object)
        var files: [BundleDraft.File] = []
        for file in try attributes.optionalObjects("files") ?? [] {
            files.append(try BundleDraft.File(file))
        }
        self.init(
            descriptor: descriptor,
            bundle: BundleDraft(descriptor: ComponentDescriptor(descriptor), files: files))
    }
}

extension BundleDraft.File {
    init(_ file: ObjectReader) throws(APIError) {
        let content = try file.string("content")
        let isEncoded = try file.optionalString("encoding") == "base64"
        self.init(
            path: try file.string("path"),
            content: isEncoded ? Base64.decode(content[...]) : Array(content.utf8),
            isExecutable: try file.optionalBool("executable") ?? false)
    }
}
