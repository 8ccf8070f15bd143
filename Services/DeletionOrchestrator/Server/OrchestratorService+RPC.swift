public import DeletionOrchestratorAPI
public import RPC

extension OrchestratorService {
    /// What answers peers.
    public var rpcRoutes: RPCRoutes<DeletionOrchestrator> {
        var routes = RPCRoutes(DeletionOrchestrator.self)
        routes.on(BeginSuspension.self) { try await self.beginSuspension($0) }
        routes.on(BeginDeletion.self) { try await self.beginDeletion($0) }
        routes.on(DeletionStatus.self) { try await self.deletionStatus($0) }
        routes.on(RetryDeletion.self) { try await self.retryDeletion($0) }
        return routes
    }
}
