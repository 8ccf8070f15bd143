import ContractsDomain
import HTTP2
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The workspaces of contracts.
    func addWorkspaceRoutes(to table: inout PublicTable) {
        table.on(
            .createWorkspace, .post, "/v2/workspaces", "Create a workspace",
            body: .json(ContractSchemas.workspace),
            answer: .init(200, "The workspace.", .document("workspace"))
        ) { try await self.postWorkspace($0) }
        table.on(
            .listWorkspaces, .get, "/v2/workspaces", "List workspaces",
            query: QueryParameter.page() + [
                .text("contract_id", .identifier, "Only workspaces of this contract."),
                .filter(
                    "type", oneOf: WorkspaceRow.Kind.allCases.map(\.rawValue),
                    "Only workspaces of this kind."),
                .sort(ListOrder.attributes),
            ],
            answer: .init(200, "A page of workspaces.", .collection("workspace"))
        ) { try await self.getWorkspaces($0) }
        table.on(
            .getWorkspace, .get, "/v2/workspaces/{workspace_id}", "Get a workspace",
            query: [.include(["members", "invites"])],
            answer: .init(200, "The workspace.", .document("workspace"))
        ) { try await self.getWorkspace($0) }
        table.on(
            .updateWorkspace, .patch, "/v2/workspaces/{workspace_id}",
            "Change a workspace's name and type", body: .json(ContractSchemas.updateWorkspace),
            answer: .init(200, "The workspace.", .document("workspace"))
        ) { try await self.patchWorkspace($0) }
        table.on(
            .deleteWorkspace, .delete, "/v2/workspaces/{workspace_id}", "Delete a workspace",
            answer: .init(204, "It is gone; its flows are stopped and erased.")
        ) { request in
            try await self.deleteWorkspace(
                request.identifier("workspace_id", "Workspace"), by: self.caller(request),
                precondition: { try request.checkIfMatch($0.entityTag) })
            return .empty(204)
        }
        table.on(
            .listWorkspaceRoles, .get, "/v2/workspaces/{workspace_id}/roles",
            "Get the roles that may be given in a workspace",
            answer: .init(200, "The roles.", .document("workspace-policy"))
        ) { request in
            let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
            let roles = try await self.workspaceRoles(id, for: self.caller(request))
            let path = "/v2/workspaces/\(id)"
            let resource = Resource(
                type: "workspace-policy", id: id.text, selfLink: "\(path)/roles",
                attributes: ["roles": .array(roles.map(\.json))],
                relationships: ["workspace": .one("workspace", id.text, selfLink: path)])
            return .document(Document(resource))
        }
    }

    private func postWorkspace(_ request: PublicRequest) async throws -> PublicResponse {
        let body = try request.resource()
        let draft = WorkspaceDraft(
            name: try body.attributes.value("name", ContractName.expectation) {
                ContractName($0)
            },
            type: try body.attributes.optionalValue("type", "full or limited") {
                WorkspaceRow.Kind(rawValue: $0)
            } ?? .full,
            contract: try body.relationships.optionalLinkage("contract").flatMap {
                ContractID($0)
            })
        return Self.answer(try await self.createWorkspace(draft, by: self.caller(request)))
    }

    private func getWorkspaces(_ request: PublicRequest) async throws -> PublicResponse {
        let query = request.query
        let (views, total) = try await self.listWorkspaces(
            of: query["contract_id"].flatMap { ContractID($0) }, query.page,
            { filter in
                filter.type = query.filter("type").flatMap { WorkspaceRow.Kind(rawValue: $0) }
                filter.order = ListOrder(keys: query.sort)
            }, for: self.caller(request))
        return .document(Document(views.map(\.resource), page: query.page, total: total))
    }

    private func getWorkspace(_ request: PublicRequest) async throws -> PublicResponse {
        let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
        let view = try await self.workspace(id, for: self.caller(request))
        var included: [Resource]?
        if let include = request.query.include {
            var resources: [Resource] = []
            if include.contains("members") {
                let members = Array(view.members.prefix(ContractsLimits.linkageMax))
                resources += try await self.views(of: members).map { $0.resource("member") }
            }
            if include.contains("invites") {
                let invites = (view.invites ?? []).prefix(ContractsLimits.linkageMax)
                resources += invites.map(\.workspaceResource)
            }
            included = resources
        }
        return Self.answer(view, included: included, selfLink: view.workspace.path)
    }

    private func patchWorkspace(_ request: PublicRequest) async throws -> PublicResponse {
        let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
        let body = try request.resource()
        try body.checkID(id.text)
        let change = WorkspaceChange(
            name: try body.attributes.optionalValue("name", ContractName.expectation) {
                ContractName($0)
            },
            type: try body.attributes.optionalValue("type", "full or limited") {
                WorkspaceRow.Kind(rawValue: $0)
            }, precondition: { try request.checkIfMatch($0.entityTag) })
        return Self.answer(try await self.updateWorkspace(id, change, by: self.caller(request)))
    }

    /// A document of a workspace, with the tag that a change may be made dependent on.
    private static func answer(
        _ view: WorkspaceView, included: [Resource]? = nil, selfLink: String? = nil
    ) -> PublicResponse {
        let document = Document(view.resource, included: included, selfLink: selfLink)
        return PublicResponse(
            status: 200, fields: ["etag": "\"\(view.workspace.entityTag)\""],
            body: .document(document))
    }
}
