import CBOR
import ContractsAPI
import RPC
import Storage

extension IdentityService {
    /// Where what is in the outbox goes.
    enum Destination: String {
        /// The contracts service.
        case contracts
        /// This service: tenants that are to be erased.
        case tenants
    }

    /// Sends what the outbox holds, until it is cancelled.
    public func relay(waiting: any Clock<Duration> = ContinuousClock()) async {
        await OutboxRelay(
            self.outbox, database: self.database, wallClock: self.clock, clock: waiting
        ).run { message in try await self.deliver(message) }
    }

    /// Delivers one message; returns once it is done for good.
    func deliver(_ message: OutboxMessage) async throws {
        switch Destination(rawValue: message.destination) {
        case .contracts:
            _ = try await self.contracts.send(
                CBORDecoder().decode(RetireRoles.self, from: message.payload))
        case .tenants:
            try await self.erase(
                CBORDecoder().decode(TenantErasure.self, from: message.payload))
        case nil:
            throw StorageError(.corrupt, "nothing is sent to \(message.destination)")
        }
    }
}
