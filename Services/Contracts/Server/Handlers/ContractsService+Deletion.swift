import ContractLifecycle
import ContractsDomain
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import Logging
import RPC
import Storage

extension ContractsService {
    /// How far a deletion is on its way to the point of no return.
    private enum Progress {
        /// Participants are to be asked, with this command.
        case asking(LifecycleCommand)
        /// Everybody agreed; it only has to be begun.
        case agreed
        /// It has begun.
        case begun
        /// Another request ended it.
        case over
    }

    /// What a participant says to a deletion.
    private enum Verdict {
        case prepared
        case refused([Refusal.Blocker], total: Int)
        case unknown
        /// The contract has moved on; look again.
        case overtaken
    }

    /// Deletes a contract: returns the deletion once nothing can stop it any more.
    ///
    /// Asking again while it is being deleted returns the same deletion. A contract whose
    /// components are used by others stays as it was, and so does one of which that could not be
    /// found out in time.
    func deleteContract(
        _ contract: ContractID, by caller: Caller
    ) async throws -> OperationID {
        let now = self.clock.nowMilliseconds
        let fresh: OperationID = self.newID()
        let lifecycle = try await self.database.write { transaction in
            let row = try caller.admit(.deleteContract, to: contract, in: transaction)
            return try self.carryOut(
                row.lifecycle.prepareDeletion(fresh, by: caller.actor.user, at: now), on: row,
                "contract.delete", by: caller.author, in: transaction)
        }
        guard let operation = lifecycle.phase.operation else {
            throw StorageError(.corrupt, "a deletion without an operation")
        }
        try await self.drive(operation, of: contract, by: caller.author)
        return operation
    }

    /// Takes a deletion on from wherever it is until it has begun.
    ///
    /// Every step compares and sets, so that any number of requests and the resolver may drive the
    /// same deletion. Throws the refusal when it is given up.
    func drive(
        _ operation: OperationID, of contract: ContractID, by author: AuditEvent.Author
    ) async throws {
        while true {
            switch try await self.progress(operation, of: contract) {
            case .begun: return
            case .over: throw Refusal.deletionNotDecided
            case .agreed: try await self.begin(operation, of: contract, by: author)
            case .asking(let command):
                let refusal: Refusal
                switch await self.prepare(command) {
                case .prepared:
                    try await self.move(contract, "contract.deletion.agreed", by: author) {
                        $0.scheduleDeletion(operation, at: $1)
                    }
                    continue
                case .overtaken: continue
                case .refused(let blockers, let total):
                    refusal = .componentsInUse(blockers, total: total)
                case .unknown: refusal = .deletionNotDecided
                }
                let wasGivenUp = try await self.move(
                    contract, "contract.deletion.given_up", by: author
                ) { lifecycle, _ in lifecycle.abandonDeletion(operation) }
                if wasGivenUp { throw refusal }
            }
        }
    }

    private func progress(
        _ operation: OperationID, of contract: ContractID
    ) async throws -> Progress {
        try await self.database.read { transaction in
            guard let row = try ContractStore.find(contract, in: transaction) else {
                let tombstone = try ContractStore.tombstone(of: contract, in: transaction)
                return tombstone?.operation == operation ? .begun : .over
            }
            guard row.lifecycle.phase.operation == operation else { return .over }
            switch row.lifecycle.phase.state {
            case .preparing: return .asking(row.lifecycle.command)
            case .scheduled: return .agreed
            case .deleting, .deleted: return .begun
            case .active, .suspending, .suspended: return .over
            }
        }
    }

    /// Asks the flow runtime until it answers or the time is up.
    private func prepare(_ command: LifecycleCommand) async -> Verdict {
        let end = ContinuousClock.now + .seconds(self.limits.prepareSecondsMax)
        var wait = 50
        while true {
            do {
                let reply = try await self.within(.seconds(self.limits.prepareSecondsMax)) {
                    try await self.peers.flowRuntime.send(PrepareDeletion(command))
                }
                switch reply {
                case .prepared: return .prepared
                case .refused(let blockers, let total):
                    return .refused(
                        blockers.map { .init(flow: $0.flow, component: $0.component) },
                        total: total)
                case .superseded(let epoch):
                    return epoch > command.epoch ? .overtaken : .unknown
                }
            } catch {
                let next = ContinuousClock.now + .milliseconds(wait)
                guard next < end, !Task.isCancelled,
                    (try? await self.waiting.sleep(for: .milliseconds(wait))) != nil
                else { return .unknown }
                wait = min(wait * 2, ContractsLimits.prepareWaitMillisecondsMax)
            }
        }
    }

    /// The point of no return: states it, and tells the members while their addresses are known.
    private func begin(
        _ operation: OperationID, of contract: ContractID, by author: AuditEvent.Author
    ) async throws {
        let members = try await self.database.read { transaction in
            try MemberStore.list(
                of: contract, max: ContractsLimits.noticesMax, in: transaction)
        }
        let addresses = await self.addresses(of: members.map(\.user))
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            guard let row = try ContractStore.find(contract, in: transaction) else { return }
            let decision = row.lifecycle.beginDeletion(operation, at: now)
            try self.carryOut(
                decision, on: row, "contract.deletion.begun", by: author, in: transaction)
            guard case .advance = decision else { return }
            try self.mail(
                .deleted, about: row, to: addresses.map { .address($0) }, in: transaction)
        }
    }

    /// The addresses of users, as far as they can be found out now.
    func addresses(of users: [UserID]) async -> [String] {
        guard !users.isEmpty else { return [] }
        do {
            return try await self.within(.milliseconds(self.limits.fenceMillisecondsMax)) {
                try await self.peers.identity.send(GetUsers(users: users)).users.map(\.email)
            }
        } catch {
            self.logger.warning(
                "members are not told: their addresses are unknown",
                metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Makes one transition; whether it was made.
    @discardableResult
    private func move(
        _ contract: ContractID, _ action: String, by author: AuditEvent.Author,
        _ decide: @escaping @Sendable (Lifecycle, Int64) -> LifecycleAction
    ) async throws -> Bool {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            guard let row = try ContractStore.find(contract, in: transaction) else {
                return false
            }
            let decision = decide(row.lifecycle, now)
            try self.carryOut(decision, on: row, action, by: author, in: transaction)
            if case .advance = decision { return true }
            return false
        }
    }
}
