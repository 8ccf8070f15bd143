import ContractsDomain
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The members of a contract.
    func addMemberRoutes(to table: inout PublicTable) {
        table.on(
            .listMembers, .get, "/v2/contracts/{contract_id}/members", "List members",
            query: QueryParameter.page(defaultSize: Page.sizeMax),
            answer: .init(200, "The members.", .collection("contract-member"))
        ) { try await self.getMembers($0) }
        table.on(
            .addMember, .post, "/v2/contracts/{contract_id}/members", "Add a member",
            body: .json(ContractSchemas.member),
            meaning: { try await self.meaning(ofRoles: $0, .addMember) },
            answer: .init(200, "The member.", .document("contract-member"))
        ) { try await self.postMember($0) }
        table.on(
            .updateMember, .patch, "/v2/contracts/{contract_id}/members/{user_id}",
            "Change a member's roles", body: .json(ContractSchemas.member),
            meaning: { try await self.meaning(ofRoles: $0, .updateMember) },
            answer: .init(200, "The member.", .document("contract-member"))
        ) { try await self.patchMember($0) }
        table.on(
            .removeMember, .delete, "/v2/contracts/{contract_id}/members/{user_id}",
            "Remove a member", answer: .init(204, "The user is no longer a member.")
        ) { request in
            try await self.removeMember(
                request.identifier("user_id", "Member"),
                of: request.identifier("contract_id", "Contract"), by: self.caller(request))
            return .empty(204)
        }
    }

    private func getMembers(_ request: PublicRequest) async throws -> PublicResponse {
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let page = request.pageIfAsked
        let (members, total) = try await self.listMembers(
            of: id, page, for: self.caller(request))
        return Self.list(
            members.map { $0.resource("contract-member") }, page, total,
            at: "/v2/contracts/\(id)/members")
    }

    /// The answer to a request for members or invites: all of them, or a page.
    ///
    /// The whole list has no pages to tell of; a list that was cut says so.
    static func list(
        _ resources: [Resource], _ page: Page?, _ total: Int, at link: String
    ) -> PublicResponse {
        let isWhole = page == nil && resources.count == total
        let shown = page ?? Page(size: ContractsLimits.unpagedMax)
        return .document(
            Document(
                resources, meta: isWhole ? [:] : shown.meta(total: total), selfLink: link))
    }

    private func postMember(_ request: PublicRequest) async throws -> PublicResponse {
        let body = try request.resource()
        let id = body.id.flatMap { UserID($0) }
        guard let id else { throw APIError.invalid("/data/id", "must be a user's identifier.") }
        let member = try await self.addMember(
            id, to: request.identifier("contract_id", "Contract"),
            roles: body.attributes.roles("role"), by: self.caller(request))
        return .document(Document(member.resource("contract-member")))
    }

    private func patchMember(_ request: PublicRequest) async throws -> PublicResponse {
        let user: UserID = try request.identifier("user_id", "Member")
        let body = try request.resource()
        try body.checkID(user.text)
        let roles = try await self.updateMember(
            user, of: request.identifier("contract_id", "Contract"),
            roles: body.attributes.roles("role"), by: self.caller(request))
        return .document(
            Document(
                Resource(
                    type: "contract-member", id: user.text, selfLink: "/v2/members/\(user)",
                    attributes: JSONObject(RoleAttributes.of(roles, "role")))))
    }
}

extension PublicRequest {
    /// The page asked for; `nil` when none was.
    var pageIfAsked: Page? {
        let isPaged = self.query["page[number]"] != nil || self.query["page[size]"] != nil
        return isPaged ? self.query.page : nil
    }
}
