import ContractLifecycle
import ContractParticipant
import FlowRuntimeAPI
import Identifiers
import Storage

extension FlowRuntimeService {
    /// Deletes the flows of a workspace that is gone, and lets none be made in it any more.
    ///
    /// Workers end first: what they work for is erased after them.
    func closeWorkspace(_ request: CloseWorkspace) async throws -> CloseWorkspace.Reply {
        let now = self.clock.nowMilliseconds
        let flows = try await self.database.write { transaction in
            let standing = try self.gates.standing(of: request.contract, in: transaction)
            guard Self.keepsParts(standing.state) else { return 0 }
            try ClosedWorkspaceStore.insert(
                request.workspace, of: request.contract, at: now, in: transaction)
            let working = try WorkerStore.flows(in: request.workspace, transaction)
            let deleted = try FlowStore.delete(all: request.workspace, at: now, in: transaction)
            transaction.afterCommit {
                for flow in working { self.supervisor.look(at: flow) }
                self.eraser.ring()
            }
            return deleted
        }
        return .init(flows: flows)
    }

    /// Whether what a contract has may still be needed; otherwise its purge takes all of it, and
    /// nothing is added any more.
    static func keepsParts(_ state: ContractState) -> Bool {
        switch state {
        case .active, .suspending, .suspended, .preparing: true
        case .scheduled, .deleting, .deleted: false
        }
    }

    /// What stands against deleting a contract at this moment.
    func findDeletionBlockers(
        _ request: FindDeletionBlockers
    ) async throws -> FindDeletionBlockers.Reply {
        let (blockers, total) = try await self.database.read { transaction in
            try ComponentUseStore.blockers(
                of: request.contract, limit: PrepareDeletion.blockersMax, in: transaction)
        }
        return .init(blockers: blockers, total: total)
    }
}
