import ContractParticipant
public import IdentityAPI
public import RPC

extension IdentityService {
    /// What answers peers.
    public var rpcRoutes: RPCRoutes<Identity> {
        var routes = RPCRoutes(Identity.self)
        routes.on(Authenticate.self) { try await self.authenticate($0) }
        routes.on(AuthenticateSession.self) { try await self.authenticateSession($0) }
        routes.on(GetUsers.self) { try await self.getUsers($0) }
        routes.on(FindUser.self) { try await self.findUser($0) }
        routes.on(CheckNewUser.self) { self.checkNewUser($0) }
        routes.on(RegisterUser.self) { try await self.registerUser($0) }
        routes.on(ListRoles.self) { try await self.listRoles($0) }
        routes.on(ReleaseUsers.self) { try await self.releaseUsers($0) }
        let gates = ContractGates()
        routes.onContractState(gates: gates, database: self.database)
        // Users outlive contracts and are released by id: no row here is a contract's own.
        routes.onSweep(PurgeDriver(database: self.database, authority: gates, kinds: []))
        return routes
    }
}
