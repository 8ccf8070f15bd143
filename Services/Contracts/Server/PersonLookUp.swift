import Identifiers
import IdentityAPI
import RPC
import Synchronization

/// Asks identity who users are, for everybody who waits at once.
///
/// While a question is on its way, whoever wants to know waits for the next, which one of those who
/// wait asks for all of them. So an answer is never older than the moment it was wanted, and many
/// who want one at the same time cost one call.
final class PersonLookUp: Sendable {
    private struct Waiting {
        let user: UserID
        let continuation: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var isAsking = false
        var waiting: [Waiting] = []
    }

    /// What somebody who wants to know does next.
    private enum Turn {
        /// Asks, for these as well.
        case ask([Waiting])
        /// Has the answer.
        case answered(UserSummary?)
        /// Asks alone: the one who asked for all has got no answer.
        case alone
    }

    private let identity: RPCClient<Identity>
    private let state = Mutex(State())

    init(identity: RPCClient<Identity>) { self.identity = identity }

    /// What identity knows of a user; `nil` when it knows nobody of that id.
    func person(_ user: UserID) async throws -> UserSummary? {
        let turn = await withCheckedContinuation { continuation in
            let isFirst = self.state.withLock { state in
                if state.isAsking {
                    state.waiting.append(Waiting(user: user, continuation: continuation))
                    return false
                }
                state.isAsking = true
                return true
            }
            if isFirst { continuation.resume(returning: .ask([])) }
        }
        switch turn {
        case .answered(let person): return person
        case .alone: return try await self.people([user]).first
        case .ask(let others): return try await self.ask(user, and: others)
        }
    }

    private func ask(_ user: UserID, and others: [Waiting]) async throws -> UserSummary? {
        defer { self.passOn() }
        let people: [UserSummary]
        do {
            people = try await self.people([user] + others.map(\.user))
        } catch {
            for other in others { other.continuation.resume(returning: .alone) }
            throw error
        }
        let known = Dictionary(people.map { ($0.user, $0) }, uniquingKeysWith: { $1 })
        for other in others {
            other.continuation.resume(returning: .answered(known[other.user]))
        }
        return known[user]
    }

    /// Has the first of those who wait ask, for as many as one question takes.
    private func passOn() {
        let next: (Waiting, others: [Waiting])? = self.state.withLock { state in
            let batch = state.waiting.prefix(GetUsers.usersMax)
            state.waiting.removeFirst(batch.count)
            guard let first = batch.first else {
                state.isAsking = false
                return nil
            }
            return (first, Array(batch.dropFirst()))
        }
        if let (first, others) = next { first.continuation.resume(returning: .ask(others)) }
    }

    private func people(_ users: [UserID]) async throws -> [UserSummary] {
        try await self.identity.send(GetUsers(users: users)).users
    }
}
