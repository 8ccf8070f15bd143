import ContractsDomain
import HTTP2
import Identifiers
import JSONAPI
import PublicHTTP
import Storage

extension ContractsService {
    /// The contract itself and its life.
    func addContractRoutes(to table: inout PublicTable) {
        table.on(
            .createContract, .post, "/v2/contracts", "Create a contract",
            body: .json(ContractSchemas.createContract),
            meaning: { try await self.meaning(ofNewContract: $0) },
            answer: .init(200, "The contract.", .document("contract"))
        ) { try await self.postContract($0) }
        table.on(
            .listContracts, .get, "/v2/contracts", "List contracts",
            query: QueryParameter.page() + [
                .filter("name", ContractSchemas.nameRule, "Only contracts of this name."),
                .filter(
                    "status", oneOf: ["active", "suspending", "suspended", "deleting"],
                    "Only contracts in this state."),
                .sort(ListOrder.attributes),
            ],
            answer: .init(200, "A page of contracts.", .collection("contract"))
        ) { try await self.getContracts($0) }
        table.on(
            .getContract, .get, "/v2/contracts/{contract_id}", "Get a contract",
            query: [.include(["members", "invites"])],
            answer: .init(200, "The contract.", .document("contract"))
        ) { try await self.getContract($0) }
        table.on(
            .updateContract, .patch, "/v2/contracts/{contract_id}",
            "Change a contract's name and available roles",
            body: .json(ContractSchemas.updateContract),
            meaning: { try await self.meaning(ofChangedContract: $0) },
            answer: .init(200, "The contract.", .document("contract"))
        ) { try await self.patchContract($0) }
        table.on(
            .deleteContract, .delete, "/v2/contracts/{contract_id}", "Delete a contract",
            answer: .init(204, "It is being deleted; Location names the deletion.")
        ) { try await self.deleteContract($0) }
        table.on(
            .suspendContract, .post, "/v2/contracts/{contract_id}/suspend", "Suspend a contract",
            body: .optionalJSON(ContractSchemas.suspendContract),
            meaning: { try await self.meaning(ofSuspension: $0) },
            answer: .init(202, "It is being suspended.", .document("contract"))
        ) { try await self.postSuspend($0) }
        table.on(
            .unsuspendContract, .post, "/v2/contracts/{contract_id}/unsuspend",
            "End a contract's suspension", body: .optionalJSON(ContractSchemas.unsuspendContract),
            answer: .init(204, "It is active.")
        ) { try await self.postUnsuspend($0) }
        table.on(
            .listRoles, .get, "/v2/contracts/{contract_id}/roles",
            "Get the roles that may be given in a contract",
            answer: .init(200, "The roles.", .document("contract-policy"))
        ) { try await self.getRoles($0) }
    }

    private func postContract(_ request: PublicRequest) async throws -> PublicResponse {
        let caller = try await self.caller(request)
        let attributes = try request.resource().attributes
        var faults: [APIError] = []
        var roles: [RoleReference] = []
        do {
            roles = try attributes.availableRoles(in: caller.catalogue) ?? []
        } catch let errors as APIErrors {
            faults += errors.errors
        }
        let supportUser = try attributes.optionalString("support_user_id").flatMap { UserID($0) }
        if let supportUser, caller.actor.isTenantAdmin {
            faults += try await self.faults(ofSupportUser: supportUser, caller)
        }
        if caller.actor.isTenantAdmin, let errors = APIErrors(faults) { throw errors }
        let draft = ContractDraft(
            name: try attributes.value("name", ContractName.expectation) { ContractName($0) },
            supportUser: supportUser, availableRoles: roles)
        let contract = try await self.createContract(draft, by: caller)
        return Self.answer(contract)
    }

    private func getContracts(_ request: PublicRequest) async throws -> PublicResponse {
        let page = request.query.page
        let query = request.query
        let (views, total) = try await self.listContracts(
            page,
            { filter in
                filter.name = query.filter("name")
                filter.states =
                    query.filter("status").map(ContractFilter.states(calledPublicly:)) ?? []
                filter.order = ListOrder(keys: query.sort)
            }, for: self.caller(request))
        return .document(
            Document(views.map { $0.resource(withInvites: false) }, page: page, total: total))
    }

    private func getContract(_ request: PublicRequest) async throws -> PublicResponse {
        let view = try await self.contract(
            request.identifier("contract_id", "Contract"), for: self.caller(request))
        guard let include = request.query.include else {
            return Self.answer(.written(view.written(view.document())), view.contract)
        }
        var included: [Resource] = []
        if include.contains("members") {
            let members = Array(view.members.prefix(ContractsLimits.linkageMax))
            included += try await self.views(of: members).map { $0.resource("contract-member") }
        }
        if include.contains("invites") {
            let invites = view.invites.prefix(ContractsLimits.linkageMax)
            included += invites.map(\.resource)
        }
        return Self.answer(.document(view.document(including: included)), view.contract)
    }

    private func patchContract(_ request: PublicRequest) async throws -> PublicResponse {
        let caller = try await self.caller(request)
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let body = try request.resource()
        try body.checkID(id.text)
        let change = ContractChange(
            name: try body.attributes.optionalValue("name", ContractName.expectation) {
                ContractName($0)
            },
            availableRoles: try body.attributes.availableRoles(in: caller.catalogue),
            precondition: { try request.checkIfMatch($0.entityTag) })
        let (contract, revoked) = try await self.updateContract(id, change, by: caller)
        let meta: JSONObject = revoked == 0 ? [:] : ["revoked_invites": .integer(revoked)]
        return Self.answer(.document(Document(contract.resource, meta: meta)), contract)
    }

    private func deleteContract(_ request: PublicRequest) async throws -> PublicResponse {
        let operation = try await self.deleteContract(
            request.identifier("contract_id", "Contract"), by: self.caller(request))
        return .empty(204, fields: ["location": "/v2/deletions/\(operation)"])
    }

    private func postSuspend(_ request: PublicRequest) async throws -> PublicResponse {
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let order = try Self.order(request, about: id)
        let reason = try order?.optionalString("reason").flatMap { $0.isEmpty ? nil : $0 }
        let until = try order?.optionalValue("until", "a time") {
            CivilTime.milliseconds(rfc3339: $0)
        }
        if let order, let until, let fault = self.fault(of: until, at: order.pointer(to: "until")) {
            throw fault
        }
        let contract = try await self.suspendContract(
            id, reason: reason, until: until, by: self.caller(request))
        return .document(Document(contract.resource), status: 202)
    }

    private func postUnsuspend(_ request: PublicRequest) async throws -> PublicResponse {
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let order = try Self.order(request, about: id)
        try await self.unsuspendContract(
            id, resumingFlows: order?.optionalBool("resume_flows") ?? false,
            by: self.caller(request))
        return .empty(204)
    }

    /// What an order about a contract says: plainly, or as the attributes of a resource.
    private static func order(
        _ request: PublicRequest, about contract: ContractID
    ) throws(APIError) -> ObjectReader? {
        guard let json = request.json, let object = json.object else { return nil }
        guard json["data"] != nil else { return ObjectReader(object, pointer: "") }
        if let name = object.names.first(where: { $0 != "data" }) {
            throw .invalid("/\(name)", "belongs into the attributes of \"data\", if there is one.")
        }
        let body = try ResourceBody(json)
        try body.checkID(contract.text)
        return body.attributes
    }

    private func getRoles(_ request: PublicRequest) async throws -> PublicResponse {
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let roles = try await self.contractRoles(id, for: self.caller(request))
        let path = "/v2/contracts/\(id)"
        let resource = Resource(
            type: "contract-policy", id: id.text, selfLink: "\(path)/roles",
            attributes: ["roles": .array(roles.map(\.json))],
            relationships: ["contract": .one("contract", id.text, selfLink: path)])
        return .document(Document(resource))
    }

    private static func answer(_ contract: ContractRow) -> PublicResponse {
        self.answer(.document(Document(contract.resource)), contract)
    }

    /// A document of a contract, with the tag that a change may be made dependent on.
    ///
    /// Not an entity tag of the listener's: what it includes changes without the contract's doing.
    private static func answer(
        _ body: PublicResponse.Body, _ contract: ContractRow
    ) -> PublicResponse {
        PublicResponse(
            status: 200, fields: ["etag": "\"\(contract.entityTag)\""], body: body)
    }
}

extension RoleCatalogue.Entry {
    /// The role as the policy of a contract lists it.
    var json: JSON {
        let titles = self.titles.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
        return [
            "scope": .string(self.role.scope.rawValue), "role": .string(self.role.name),
            "permissions": .strings(self.permissions), "i18n": .object(JSONObject(titles)),
        ]
    }
}
