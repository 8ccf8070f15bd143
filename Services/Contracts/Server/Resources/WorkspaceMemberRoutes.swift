import ContractsDomain
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The members of a workspace.
    func addWorkspaceMemberRoutes(to table: inout PublicTable) {
        table.on(
            .listWorkspaceMembers, .get, "/v2/workspaces/{workspace_id}/members",
            "List a workspace's members", query: QueryParameter.page(defaultSize: Page.sizeMax),
            answer: .init(200, "The members.", .collection("member"))
        ) { request in
            let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
            let page = request.pageIfAsked
            let (members, total) = try await self.listWorkspaceMembers(
                of: id, page, for: self.caller(request))
            return Self.list(
                members.map { $0.resource("member") }, page, total,
                at: "/v2/workspaces/\(id)/members")
        }
        table.on(
            .addWorkspaceMember, .post, "/v2/workspaces/{workspace_id}/members",
            "Bring a member of the contract into a workspace",
            body: .json(ContractSchemas.workspaceMember),
            meaning: { try await self.meaning(ofWorkspaceRoles: $0, .addWorkspaceMember) },
            answer: .init(200, "The member.", .document("member"))
        ) { try await self.postWorkspaceMember($0) }
        table.on(
            .updateWorkspaceMember, .patch, "/v2/workspaces/{workspace_id}/members/{user_id}",
            "Change the roles of a workspace's member",
            body: .json(ContractSchemas.workspaceMember),
            meaning: { try await self.meaning(ofWorkspaceRoles: $0, .updateWorkspaceMember) },
            answer: .init(200, "The member.", .document("member"))
        ) { try await self.patchWorkspaceMember($0) }
        table.on(
            .removeWorkspaceMember, .delete, "/v2/workspaces/{workspace_id}/members/{user_id}",
            "Take a member out of a workspace",
            answer: .init(204, "The user is no longer a member of the workspace.")
        ) { request in
            try await self.removeWorkspaceMember(
                request.identifier("user_id", "Member"),
                of: request.identifier("workspace_id", "Workspace"), by: self.caller(request))
            return .empty(204)
        }
    }

    private func postWorkspaceMember(_ request: PublicRequest) async throws -> PublicResponse {
        let body = try request.resource()
        guard let user = body.id.flatMap({ UserID($0) }) else {
            throw APIError.invalid("/data/id", "must be a user's identifier.")
        }
        let member = try await self.addWorkspaceMember(
            user, to: request.identifier("workspace_id", "Workspace"),
            roles: body.attributes.roles("role"), by: self.caller(request))
        return .document(Document(member.resource("member")))
    }

    private func patchWorkspaceMember(_ request: PublicRequest) async throws -> PublicResponse {
        let user: UserID = try request.identifier("user_id", "Member")
        let body = try request.resource()
        try body.checkID(user.text)
        let roles = try await self.updateWorkspaceMember(
            user, of: request.identifier("workspace_id", "Workspace"),
            roles: body.attributes.roles("role"), by: self.caller(request))
        return .document(
            Document(
                Resource(
                    type: "member", id: user.text, selfLink: "/v2/members/\(user)",
                    attributes: JSONObject(RoleAttributes.of(roles, "role")))))
    }

    /// The invites into a workspace.
    func addWorkspaceInviteRoutes(to table: inout PublicTable) {
        table.on(
            .listWorkspaceInvites, .get, "/v2/workspaces/{workspace_id}/invites",
            "List pending invites into a workspace",
            query: QueryParameter.page(defaultSize: Page.sizeMax),
            answer: .init(200, "The invites.", .collection("workspace-invite"))
        ) { request in
            let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
            let page = request.pageIfAsked
            let (invites, total) = try await self.listWorkspaceInvites(
                of: id, page, for: self.caller(request))
            return Self.list(
                invites.map(\.workspaceResource), page, total,
                at: "/v2/workspaces/\(id)/invites")
        }
        table.on(
            .createWorkspaceInvite, .post, "/v2/workspaces/{workspace_id}/invites",
            "Invite somebody into a workspace and its contract",
            body: .json(ContractSchemas.workspaceInvite),
            meaning: { try await self.meaning(ofWorkspaceRoles: $0, .createWorkspaceInvite) },
            answer: .init(200, "The invite.", .document("workspace-invite"))
        ) { request in
            let attributes = try request.resource().attributes
            let invite = try await self.createInvite(
                email: attributes.string("email"), roles: attributes.roles("role"),
                contractRoles: attributes.optionalRoles("contract_role") ?? ["member"],
                into: request.identifier("workspace_id", "Workspace"), by: self.caller(request))
            return .document(Document(invite.workspaceResource))
        }
        table.on(
            .revokeWorkspaceInvite, .delete, "/v2/workspaces/{workspace_id}/invites/{invite_id}",
            "Take back an invite into a workspace",
            answer: .init(204, "Its token is worth nothing now.")
        ) { request in
            try await self.revokeInvite(
                request.identifier("invite_id", "Invite"),
                into: request.identifier("workspace_id", "Workspace"), by: self.caller(request))
            return .empty(204)
        }
    }
}
