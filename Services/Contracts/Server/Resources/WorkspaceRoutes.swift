import ContractsDomain
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
                .text("contract_id", .identifier, "Only workspaces of this contract.")
            ],
            answer: .init(200, "A page of workspaces.", .collection("workspace"))
        ) { request in
            let page = request.query.page
            let (views, total) = try await self.listWorkspaces(
                of: request.query["contract_id"].flatMap { ContractID($0) }, page,
                for: self.caller(request))
            return .document(Document(views.map(\.resource), page: page, total: total))
        }
        table.on(
            .getWorkspace, .get, "/v2/workspaces/{workspace_id}", "Get a workspace",
            answer: .init(200, "The workspace.", .document("workspace"))
        ) { request in
            let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
            let view = try await self.workspace(id, for: self.caller(request))
            return .document(Document(view.resource, selfLink: "/v2/workspaces/\(id)"))
        }
        table.on(
            .listWorkspaceMembers, .get, "/v2/workspaces/{workspace_id}/members",
            "List a workspace's members",
            answer: .init(200, "The members.", .collection("member"))
        ) { request in
            let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
            let members = try await self.listWorkspaceMembers(
                of: id, for: self.caller(request))
            return .document(
                Document(
                    members.map { $0.resource("member") },
                    selfLink: "/v2/workspaces/\(id)/members"))
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
        let view = try await self.createWorkspace(draft, by: self.caller(request))
        return .document(Document(view.resource))
    }
}
