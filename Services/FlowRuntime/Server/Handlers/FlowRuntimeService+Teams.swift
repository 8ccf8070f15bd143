import ContractLifecycle
import ContractParticipant
import FlowRuntimeAPI
import Identifiers
import Storage

extension FlowRuntimeService {
    /// Lets no component be made in a team any more, unless it has some.
    func closeTeam(_ request: CloseTeam) async throws -> CloseTeam.Reply {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            let standing = try self.gates.standing(of: request.contract, in: transaction)
            guard Self.keepsParts(standing.state) else { return .closed }
            let (components, total) = try ComponentStore.list(
                of: request.team, in: request.contract, limit: CloseTeam.componentsMax,
                transaction)
            guard total == 0 else { return .inUse(components: components, total: total) }
            try ClosedTeamStore.insert(
                request.team, of: request.contract, at: now, in: transaction)
            return .closed
        }
    }
}
