import ContractsDomain
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The audit trail of a contract.
    func addAuditRoutes(to table: inout PublicTable) {
        table.on(
            .listAudit, .get, "/v2/contracts/{contract_id}/audit",
            "Read a contract's audit trail, also after the contract is gone",
            query: QueryParameter.page() + [
                .filter("action", .anything(1...64), "Only this action."),
                .filter("actor", .identifier, "Only what this user did."),
                .filter("since", ContractSchemas.time, "Only what was done then or later."),
                .filter("until", ContractSchemas.time, "Only what was done then or before."),
            ],
            answers: [
                .init(200, "A page of the trail, oldest first.", .collection("audit-entry")),
                .init(
                    200, "The whole trail, an entry a line, when Accept names this.",
                    .bytes(AuditEntry.exportType)),
            ]
        ) { try await self.getAudit($0) }
    }

    private func getAudit(_ request: PublicRequest) async throws -> PublicResponse {
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let caller = try await self.caller(request)
        let query = request.query
        let filter = AuditStore.Filter(
            action: query.filter("action"), actor: query.filter("actor").flatMap { UserID($0) },
            since: query.filter("since").flatMap { CivilTime.milliseconds(rfc3339: $0) },
            until: query.filter("until").flatMap { CivilTime.milliseconds(rfc3339: $0) })
        if request.prefers(AuditEntry.exportType) {
            try Self.refusePages(query)
            let trail = try await self.exportAudit(of: id, filter, for: caller)
            return PublicResponse(status: 200, body: .stream(trail))
        }
        let page = query.page
        let (entries, total, head) = try await self.listAudit(of: id, filter, page, for: caller)
        var document = Document(entries.map(\.resource), page: page, total: total)
        document.meta["head"] = [
            "number": .integer(head.number), "hash": .string(Hexadecimal.text(head.hash)),
        ]
        return .document(document)
    }

    /// An exported trail is whole.
    private static func refusePages(_ query: QueryParameters) throws {
        let faults = ["page[number]", "page[size]"].filter { query[$0] != nil }.map {
            APIError(
                400, "invalid_parameter",
                "The query parameter \"\($0)\" goes with documents: an export has no pages.",
                source: .parameter($0))
        }
        if let errors = APIErrors(faults) { throw errors }
    }
}
