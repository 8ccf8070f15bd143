import ContractLifecycle
import ContractParticipant
import FlowRuntimeAPI
public import RPC

extension FlowRuntimeService {
    /// What answers peers.
    public var rpcRoutes: any RPCRouteTable {
        var routes = RPCRoutes(FlowRuntime.self)
        routes.onContractState(gates: self.gates, database: self.database)
        routes.on(PrepareDeletion.self) { try await self.prepareDeletion($0) }
        routes.on(FindDeletionBlockers.self) { try await self.findDeletionBlockers($0) }
        routes.on(CloseWorkspace.self) { try await self.closeWorkspace($0) }
        routes.on(CloseTeam.self) { try await self.closeTeam($0) }
        routes.on(StopFlows.self) { try await self.stopFlows($0) }
        routes.on(AttestDrained.self) { try await self.attestDrained($0) }
        routes.onPurge(self.purge)
        routes.onStream(WorkerFeed.self) { try await self.workerFeed($0) }
        routes.on(FetchBundle.self) { try await self.fetchBundle($0) }
        routes.on(ReportExecution.self) { try await self.reportExecution($0) }
        routes.on(ReportFailure.self) { try await self.reportFailure($0) }
        return routes
    }
}
