import ContractsDomain
import Identifiers
import Logging
import Storage

extension ContractsService {
    /// Finishes what requests left unfinished and forgets what is over, until it is cancelled.
    package func upkeep() async {
        // What a process before this one left is nobody's: no need to wait for it.
        var resolveBefore = self.clock.nowMilliseconds
        while !Task.isCancelled {
            do {
                try await self.resolveDeletions(since: resolveBefore)
                try await self.forget()
            } catch {
                self.logger.warning("upkeep failed", metadata: ["error": "\(error)"])
            }
            try? await self.waiting.sleep(for: .seconds(self.limits.resolverSeconds))
            resolveBefore =
                self.clock.nowMilliseconds - self.limits.unresolvedMillisecondsMax
        }
    }

    /// Takes on the deletions that have been on their way since a time.
    package func resolveDeletions(since time: Int64) async throws {
        let rows = try await self.database.read { transaction in
            try ContractStore.unresolved(
                since: time, max: ContractsLimits.resolvedAtOnceMax, in: transaction)
        }
        for row in rows {
            guard let operation = row.lifecycle.phase.operation else { continue }
            do {
                try await self.drive(
                    operation, of: row.id,
                    by: .service("contracts", requestID: operation.text))
            } catch let refusal as Refusal {
                self.logger.notice(
                    "a deletion was given up",
                    metadata: ["contract": "\(row.id)", "reason": "\(refusal)"])
            }
        }
    }

    /// Forgets invites and marks whose time is over.
    package func forget() async throws {
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            try InviteStore.forget(
                expiredBefore: now - InviteRules.keptDays * InviteRules.dayMilliseconds,
                max: ContractsLimits.forgottenInvitesMax, in: transaction)
            try WebhookDeliveryStore.forget(
                madeBefore: now - self.limits.webhookLogMilliseconds,
                max: ContractsLimits.forgottenDeliveriesMax, in: transaction)
            try UserRemovalStore.forget(
                removedBefore: now - UserRemovalStore.keptMilliseconds, in: transaction)
        }
    }
}
