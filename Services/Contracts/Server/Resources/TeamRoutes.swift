import ContractsDomain
import HTTP2
import Identifiers
import IdentityAPI
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The developer teams of contracts.
    func addTeamRoutes(to table: inout PublicTable) {
        table.on(
            .createTeam, .post, "/v2/teams", "Create a developer team",
            body: .json(ContractSchemas.team), answer: .init(200, "The team.", .document("team"))
        ) { request in
            let body = try request.resource()
            let view = try await self.createTeam(
                body.attributes.value("name", ContractName.expectation) { ContractName($0) },
                in: body.relationships.optionalLinkage("contract").flatMap { ContractID($0) },
                by: self.caller(request))
            return Self.answer(view)
        }
        table.on(
            .listTeams, .get, "/v2/teams", "List developer teams",
            query: QueryParameter.page() + [
                .text("contract_id", .identifier, "Only teams of this contract."),
                .sort(ListOrder.attributes),
            ],
            answer: .init(200, "A page of teams.", .collection("team"))
        ) { request in
            let query = request.query
            let (views, total) = try await self.listTeams(
                of: query["contract_id"].flatMap { ContractID($0) }, query.page,
                ListOrder(keys: query.sort), for: self.caller(request))
            return .document(Document(views.map(\.resource), page: query.page, total: total))
        }
        table.on(
            .getTeam, .get, "/v2/teams/{team_id}", "Get a developer team",
            answer: .init(200, "The team.", .document("team"))
        ) { request in
            Self.answer(
                try await self.team(
                    request.identifier("team_id", "Team"), for: self.caller(request)))
        }
        table.on(
            .updateTeam, .patch, "/v2/teams/{team_id}", "Rename a developer team",
            body: .json(ContractSchemas.updateTeam),
            answer: .init(200, "The team.", .document("team"))
        ) { request in
            let id: TeamID = try request.identifier("team_id", "Team")
            let body = try request.resource()
            try body.checkID(id.text)
            let view = try await self.renameTeam(
                id, body.attributes.value("name", ContractName.expectation) { ContractName($0) },
                by: self.caller(request),
                precondition: { try request.checkIfMatch($0.entityTag) })
            return Self.answer(view)
        }
        table.on(
            .deleteTeam, .delete, "/v2/teams/{team_id}", "Delete a developer team",
            answer: .init(204, "It is gone.")
        ) { request in
            try await self.deleteTeam(
                request.identifier("team_id", "Team"), by: self.caller(request),
                precondition: { try request.checkIfMatch($0.entityTag) })
            return .empty(204)
        }
    }

    /// Who is in a developer team.
    func addTeamMemberRoutes(to table: inout PublicTable) {
        table.on(
            .listTeamMembers, .get, "/v2/teams/{team_id}/members", "List who is in a team",
            query: QueryParameter.page(),
            answer: .init(200, "A page of users.", .collection("user"))
        ) { request in
            let id: TeamID = try request.identifier("team_id", "Team")
            let page = request.query.page
            let (users, total) = try await self.listTeamMembers(
                of: id, page, for: self.caller(request))
            return .document(
                Document(
                    users.map(\.resource), page: page, total: total,
                    selfLink: "/v2/teams/\(id)/members"))
        }
        table.on(
            .addTeamMember, .post, "/v2/teams/{team_id}/members", "Bring somebody into a team",
            body: .json(ContractSchemas.teamMember),
            answer: .init(200, "The team.", .document("team"))
        ) { request in
            let id = try request.resource().id.flatMap { UserID($0) }
            guard let id else { throw APIError.invalid("/data/id", "must be a user's identifier.") }
            return Self.answer(
                try await self.addTeamMember(
                    id, to: request.identifier("team_id", "Team"), by: self.caller(request)))
        }
        table.on(
            .removeTeamMember, .delete, "/v2/teams/{team_id}/members/{user_id}",
            "Take somebody out of a team", answer: .init(204, "The user is not in the team.")
        ) { request in
            try await self.removeTeamMember(
                request.identifier("user_id", "Member"),
                from: request.identifier("team_id", "Team"), by: self.caller(request))
            return .empty(204)
        }
    }

    /// A document of a team, with the tag that a change may be made dependent on.
    private static func answer(_ view: TeamView) -> PublicResponse {
        PublicResponse(
            status: 200, fields: ["etag": "\"\(view.team.entityTag)\""],
            body: .document(Document(view.resource)))
    }
}

extension TeamRow {
    /// Changes with every change of the name.
    var entityTag: String { "\(self.version)" }
}

extension TeamView {
    /// The team as a resource.
    var resource: Resource {
        let path = "/v2/teams/\(self.team.id)"
        let contract = self.team.contract.text
        let users = "\(path)/members/"
        let isSmall = self.users.count <= ContractsLimits.linkageMax
        return Resource(
            type: "team", id: self.team.id.text, selfLink: path,
            attributes: [
                "name": .string(self.team.name),
                "created_at": .time(self.team.createdAt),
                "updated_at": .time(self.team.updatedAt),
            ],
            relationships: [
                "contract": .one("contract", contract, selfLink: "/v2/contracts/\(contract)"),
                "users": isSmall
                    ? .many("user", self.users.map(\.text), selfLink: users) : .link(users),
            ])
    }
}

extension TeamMember {
    /// The user as a resource.
    var resource: Resource {
        var attributes = JSONObject()
        if let person = self.person {
            attributes["first_name"] = .string(person.firstName)
            attributes["last_name"] = .string(person.lastName)
            attributes["email"] = .string(person.email)
        }
        return Resource(
            type: "user", id: self.user.text, selfLink: "/v2/users/\(self.user)",
            attributes: attributes)
    }
}
