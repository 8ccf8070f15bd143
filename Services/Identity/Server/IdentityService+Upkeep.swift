import IdentityDomain
import Storage

extension IdentityService {
    /// Sweeps away sessions that are over, until it is cancelled.
    ///
    /// A sweep that fails is made again the next time: a session that is over opens nothing
    /// meanwhile.
    public func upkeep(waiting: any Clock<Duration> = ContinuousClock()) async {
        while !Task.isCancelled {
            try? await self.sweepSessions()
            try? await waiting.sleep(for: .seconds(IdentityLimits.sweepSeconds))
        }
    }

    /// Removes the sessions that are older than a session may be.
    func sweepSessions() async throws {
        let oldest = self.clock.nowMilliseconds - self.sessionRule.totalMilliseconds
        try await self.database.write { transaction in
            try SessionStore.delete(createdBefore: oldest, in: transaction)
        }
    }
}
