package import ContractParticipant
import ContractsAPI
package import RPC

extension ContractsService {
    /// What peers may ask.
    package var rpcRoutes: any RPCRouteTable {
        var routes = RPCRoutes(Contracts.self)
        routes.on(Authorize.self) { try await self.authorize($0) }
        routes.on(ListContractStates.self) { try await self.listContractStates($0) }
        routes.on(FinishSuspension.self) { try await self.finishSuspension($0) }
        routes.on(LiftSuspension.self) { try await self.liftSuspension($0) }
        routes.on(UsersToRelease.self) { try await self.usersToRelease($0) }
        routes.on(ConfirmUsersReleased.self) { try await self.confirmUsersReleased($0) }
        routes.on(FinishDeletion.self) { try await self.finishDeletion($0) }
        routes.on(RemoveUser.self) { try await self.removeUser($0) }
        routes.on(RetireRoles.self) { try await self.retireRoles($0) }
        routes.on(ReleaseTenant.self) { try await self.releaseTenant($0) }
        routes.onPurge(self.purge)
        return routes
    }

    /// Erases and counts what this service holds of a contract.
    package var purge: PurgeDriver {
        PurgeDriver(
            database: self.database, authority: ContractRows(),
            kinds: ContractKinds.all(clock: self.clock))
    }
}
