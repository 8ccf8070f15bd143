import ContractLifecycle
public import RPC
public import Storage

extension RPCRoutes {
    /// Answers `ApplyContractState` from a participant's gates.
    public mutating func onContractState(gates: ContractGates, database: any Database) {
        self.on(ApplyContractState<Service>.self) { request in
            try await database.write { transaction in
                try gates.apply(request.command, in: transaction)
            }
        }
    }

    /// Answers `CountKinds` and `SealKinds`: what every service does for the sweep.
    public mutating func onSweep(_ driver: PurgeDriver) {
        self.on(CountKinds<Service>.self) { request in
            .init(kinds: try await driver.count(request.contract))
        }
        self.on(SealKinds<Service>.self) { _ in
            try await driver.seal()
            return .init()
        }
    }

    /// Answers `PurgeChunk`, `CountKinds` and `SealKinds`: what a service with rows to erase does.
    public mutating func onPurge(_ driver: PurgeDriver) {
        self.on(PurgeChunk<Service>.self) { request in try await driver.purge(request) }
        self.onSweep(driver)
    }
}
