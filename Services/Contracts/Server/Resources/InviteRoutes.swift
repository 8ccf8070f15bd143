import ContractsDomain
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// Invites: made and taken back by those who may, accepted by those who have the token.
    func addInviteRoutes(to table: inout PublicTable) {
        table.on(
            .listInvites, .get, "/v2/contracts/{contract_id}/invites", "List pending invites",
            query: QueryParameter.page(defaultSize: Page.sizeMax),
            answer: .init(200, "The invites.", .collection("contract-invite"))
        ) { request in
            let id: ContractID = try request.identifier("contract_id", "Contract")
            let page = request.pageIfAsked
            let (invites, total) = try await self.listInvites(
                of: id, page, for: self.caller(request))
            return Self.list(
                invites.map(\.resource), page, total, at: "/v2/contracts/\(id)/invites")
        }
        table.on(
            .createInvite, .post, "/v2/contracts/{contract_id}/invites", "Invite somebody",
            body: .json(ContractSchemas.invite),
            meaning: { try await self.meaning(ofRoles: $0, .createInvite) },
            answer: .init(200, "The invite.", .document("contract-invite"))
        ) { try await self.postInvite($0) }
        table.on(
            .updateInvite, .patch, "/v2/contracts/{contract_id}/invites/{invite_id}",
            "Change a pending invite's roles and workspace",
            body: .json(ContractSchemas.updateInvite),
            meaning: { try await self.meaning(ofRoles: $0, .updateInvite) },
            answer: .init(200, "The invite.", .document("contract-invite"))
        ) { try await self.patchInvite($0) }
        table.on(
            .resendInvite, .post, "/v2/contracts/{contract_id}/invites/{invite_id}/resend",
            "Send an invite's e-mail again, with a new token",
            answer: .init(200, "The invite.", .document("contract-invite"))
        ) { request in
            let invite = try await self.resendInvite(
                request.identifier("invite_id", "Invite"),
                of: request.identifier("contract_id", "Contract"), by: self.caller(request))
            return .document(Document(invite.resource))
        }
        table.on(
            .revokeInvite, .delete, "/v2/contracts/{contract_id}/invites/{invite_id}",
            "Take an invite back", answer: .init(204, "Its token is worth nothing now.")
        ) { request in
            try await self.revokeInvite(
                request.identifier("invite_id", "Invite"),
                of: request.identifier("contract_id", "Contract"), by: self.caller(request))
            return .empty(204)
        }
        table.on(
            .getInvite, .get, "/v2/invites/{token}", "See what an invite is for",
            answer: .init(200, "The invite.", .document("contract-invite"))
        ) { try await self.getInvite($0) }
        table.on(
            .acceptInvite, .post, "/v2/invites/{token}/accept", "Accept an invite",
            body: .optionalJSON(ContractSchemas.accept),
            meaning: { try await self.meaning(ofAcceptance: $0) },
            answer: .init(200, "The new member.", .document("contract-member"))
        ) { try await self.postAcceptance($0) }
    }

    private func postInvite(_ request: PublicRequest) async throws -> PublicResponse {
        let caller = try await self.caller(request)
        let attributes = try request.resource().attributes
        let workspace = try attributes.optionalValue("workspace_id", "a workspace") {
            WorkspaceID($0)
        }
        var faults: [APIError] = []
        func read(_ name: String) -> [String] {
            do throws(APIError) {
                return try attributes.roles(name)
            } catch {
                faults.append(error)
                return []
            }
        }
        let roles = read("role")
        let namesRoles = attributes.has("workspace_role") || attributes.has("workspace_roles")
        if workspace == nil, namesRoles { faults.append(Self.missingWorkspace) }
        let workspaceRoles = workspace == nil ? [] : read("workspace_role")
        if let errors = APIErrors(faults) { throw errors }
        let invite = try await self.createInvite(
            InviteDraft(
                email: attributes.string("email"), roles: roles, workspace: workspace,
                workspaceRoles: workspaceRoles),
            into: request.identifier("contract_id", "Contract"), by: caller)
        return .document(Document(invite.resource))
    }

    private func patchInvite(_ request: PublicRequest) async throws -> PublicResponse {
        let id: InviteID = try request.identifier("invite_id", "Invite")
        let body = try request.resource()
        try body.checkID(id.text)
        let attributes = body.attributes
        var change = InviteChange(
            roles: try attributes.optionalRoles("role"),
            workspaceRoles: try attributes.optionalRoles("workspace_role"))
        if attributes.has("workspace_id") {
            let workspace = try attributes.optionalValue("workspace_id", "a workspace") {
                WorkspaceID($0)
            }
            change.workspace = workspace.map { .workspace($0) } ?? .none
        }
        let invite = try await self.updateInvite(
            id, of: request.identifier("contract_id", "Contract"), change,
            by: self.caller(request))
        return .document(Document(invite.resource))
    }

    private func getInvite(_ request: PublicRequest) async throws -> PublicResponse {
        let (invite, contract) = try await self.invite(presenting: request.parameter("token"))
        var resource = invite.resource
        resource.attributes["contract_name"] = .string(contract.name)
        resource.relate(
            "contract", to: .one("contract", contract.id.text, selfLink: contract.path))
        return .document(Document(resource))
    }

    /// Accepts as who is signed in, or as who the body says is new.
    private func postAcceptance(_ request: PublicRequest) async throws -> PublicResponse {
        let token = request.parameter("token")
        let member: MemberView
        if let principal = request.principal {
            member = try await self.acceptInvite(
                token, as: principal, requestID: request.requestID)
        } else if request.json != nil {
            let attributes = try request.resource().attributes
            member = try await self.acceptInvite(
                token,
                as: Newcomer(
                    firstName: attributes.string("first_name"),
                    lastName: attributes.string("last_name"),
                    password: Secret(attributes.string("password"))),
                requestID: request.requestID)
        } else {
            _ = try await self.invite(presenting: token)
            _ = try request.caller()
            throw Refusal.inviteNotFound
        }
        return .document(Document(member.resource("contract-member")))
    }
}
