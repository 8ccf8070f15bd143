import ContractLifecycle
import ContractParticipant
import ContractsDomain
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import RPC
import Storage

/// What deleting a contract would do, at one moment.
struct DeletionPlan: Sendable {
    /// A service with what it holds of the contract.
    struct Holding: Sendable {
        /// What the service is called on the wire.
        var service: String
        /// How many there are of each kind, in the order they would be erased.
        var kinds: [KindCount]
    }

    /// The contract.
    var contract: ContractRow
    /// What each service holds, in the order it would be erased.
    var holdings: [Holding]
    /// The first flows of other contracts that use components of this one.
    var blockers: [Refusal.Blocker]
    /// How many such uses there are.
    var blockersTotal: Int
    /// The first users who would be removed from the platform: they are in no other contract.
    var users: [UserID]
    /// How many they are.
    var usersTotal: Int
}

extension ContractsService {
    /// Works out what deleting a contract would do; changes nothing.
    func planDeletion(
        of contract: ContractID, for caller: Caller
    ) async throws -> DeletionPlan {
        let row = try await self.database.lookUp { transaction in
            try caller.admit(.planDeletion, to: contract, in: transaction)
        }
        let flows = try await self.peers.flowRuntime.send(
            CountKinds<FlowRuntime>(contract: contract))
        let found = try await self.peers.flowRuntime.send(FindDeletionBlockers(contract: contract))
        let own = try await self.purge.count(contract)
        let people = try await self.peers.identity.send(CountKinds<Identity>(contract: contract))
        let (users, total) = try await self.usersOnly(in: contract)
        return DeletionPlan(
            contract: row,
            holdings: [
                .init(service: "flow-runtime", kinds: flows.kinds),
                .init(service: "contracts", kinds: own),
                .init(service: "identity", kinds: people.kinds),
            ],
            blockers: found.blockers.map { .init(flow: $0.flow, component: $0.component) },
            blockersTotal: found.total, users: users, usersTotal: total)
    }

    /// The users who would leave the platform with a contract, some of them and their number;
    /// identity protects some who have no other.
    private func usersOnly(
        in contract: ContractID
    ) async throws -> (users: [UserID], total: Int) {
        var shown: [UserID] = []
        var total = 0
        var after: UserID?
        while true {
            let page = try await self.database.read { [after] transaction in
                try MemberStore.withoutAnother(
                    than: contract, after: after, max: GetUsers.usersMax, in: transaction)
            }
            guard let last = page.last else { return (shown, total) }
            let protected = Set(
                try await self.peers.identity.send(GetUsers(users: page)).users
                    .filter(\.isProtected).map(\.user))
            let leaving = page.filter { !protected.contains($0) }
            total += leaving.count
            shown += leaving.prefix(ContractsLimits.plannedUsersMax - shown.count)
            if page.count < GetUsers.usersMax { return (shown, total) }
            after = last
        }
    }
}
