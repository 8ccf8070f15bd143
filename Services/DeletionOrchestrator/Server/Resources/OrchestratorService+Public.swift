import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import HTTP2
import Identifiers
import JSONAPI
public import PublicHTTP
import Storage

extension OrchestratorService {
    /// What answers the public.
    public var publicRoutes: PublicRoutes {
        var routes = PublicRoutes()
        routes.on(DeletionRoutes.list) { try await self.list($0) }
        routes.on(DeletionRoutes.show) { request in
            let view = try await self.visible(request)
            return request.wantsEvents
                ? self.events(of: view.job.operation, )
                : Self.response(view)
        }
        routes.on(DeletionRoutes.receipt) { try await self.showReceipt($0) }
        routes.on(DeletionRoutes.retry) { request in
            let view = try await self.visible(request)
            _ = try await self.retryDeletion(RetryDeletion(operation: view.job.operation))
            return Self.response(try await self.visible(request), status: 202)
        }
        routes.on(DeletionRoutes.key) { _ in self.showKey() }
        return routes
    }

    private func list(_ request: PublicRequest) async throws -> PublicResponse {
        let caller = try request.caller()
        guard caller.isTenantAdmin else { throw APIError.forbidden() }
        let contract = request.query.filter("contract").flatMap { ContractID($0) }
        let page = request.query.page
        let now = self.clock.nowMilliseconds
        let (views, total) = try await self.database.read { transaction in
            let found = try DeletionStore.page(
                of: caller.tenant, contract: contract, limit: page.size, offset: page.offset,
                in: transaction)
            let views = try found.jobs.map { try DeletionView($0, at: now, in: transaction) }
            return (views, found.total)
        }
        return .document(
            Document(
                views.map(\.resource), page: page, total: total, selfLink: "/v2/deletions"))
    }

    /// The deletion the path names, if the caller may see it; to everybody else it does not exist.
    private func visible(_ request: PublicRequest) async throws -> DeletionView {
        let operation: OperationID = try request.identifier("deletion_id", "Deletion")
        let caller = try request.caller()
        guard caller.isTenantAdmin, let view = try await self.view(of: operation),
            view.job.command.tenant == caller.tenant
        else { throw APIError.notFound("Deletion is not found") }
        return view
    }

    private static func response(_ view: DeletionView, status: Int = 200) -> PublicResponse {
        .document(
            Document(view.resource, selfLink: "/v2/deletions/\(view.job.operation)"),
            status: status)
    }

    private func showReceipt(_ request: PublicRequest) async throws -> PublicResponse {
        let operation = try await self.visible(request).job.operation
        guard let receipt = try await self.receipt(of: operation) else {
            throw APIError.notFound("The receipt is not issued yet")
        }
        return .document(
            Document(
                receipt.resource(of: operation.text),
                selfLink: "/v2/deletions/\(operation)/receipt"))
    }

    private func showKey() -> PublicResponse {
        let link = "/v2/deletions/receipt-key"
        let resource = Resource(
            type: "receipt-key", id: self.keys.keyID, selfLink: link,
            attributes: [
                "algorithm": "Ed25519",
                "public_key": .string(Hexadecimal.text(self.keys.publicKey)),
            ])
        return .document(Document(resource, selfLink: link))
    }

    /// The deletion's documents, one event a change, ending with the one that says it is done.
    private func events(of operation: OperationID) -> PublicResponse {
        let changes = self.board.changes(of: operation)
        return .events(ProgressEvents(changes: changes) { try await self.view(of: operation) })
    }
}

extension PublicRequest {
    /// Whether the client asks for server-sent events.
    fileprivate var wantsEvents: Bool {
        self.fields.first("accept")?.lowercased().contains("text/event-stream") ?? false
    }
}
