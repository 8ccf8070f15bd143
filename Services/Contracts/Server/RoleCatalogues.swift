import ContractsDomain
import Identifiers
import IdentityAPI
import RPC
import Storage
import Synchronization

/// The role catalogues of tenants, as identity last told them.
///
/// A copy is used for ten seconds. When identity does not answer, the last good copy is used for as
/// long as that lasts; only a tenant never heard of has to wait, for one answer to all who ask.
final class RoleCatalogues: Sendable {
    private struct Copy {
        var catalogue: RoleCatalogue
        var askAgainAt: Int64
    }

    /// What was asked of a tenant that there is no copy of.
    private struct Question {
        let number: Int
        let answer: Task<RoleCatalogue, any Error>
    }

    private struct State {
        var copies: [TenantID: Copy] = [:]
        var questions: [TenantID: Question] = [:]
        var questionsAsked = 0
    }

    /// How long after a failure identity is not asked again.
    private static let failureMilliseconds: Int64 = 1_000

    private let state = Mutex(State())
    private let identity: RPCClient<Identity>
    private let clock: any WallClock
    private let lifetimeMilliseconds: Int64

    init(
        identity: RPCClient<Identity>, clock: any WallClock, lifetimeMilliseconds: Int64
    ) {
        self.identity = identity
        self.clock = clock
        self.lifetimeMilliseconds = lifetimeMilliseconds
    }

    /// Forgets the copy of a tenant's catalogue, because it was replaced: whatever identity was asked
    /// before counts for those only who wait for it.
    func forget(_ tenant: TenantID) {
        self.state.withLock { state in
            state.copies[tenant] = nil
            state.questions[tenant] = nil
        }
    }

    /// A tenant's catalogue.
    ///
    /// Whoever finds a copy too old asks; all others use the copy meanwhile.
    func catalogue(of tenant: TenantID) async throws -> RoleCatalogue {
        let now = self.clock.nowMilliseconds
        let (copy, isFresh) = self.state.withLock { state in
            guard let copy = state.copies[tenant] else { return (nil as RoleCatalogue?, false) }
            // A clock that was set back makes a copy old, not young for ever.
            let isFresh =
                now < copy.askAgainAt && copy.askAgainAt - now <= self.lifetimeMilliseconds
            if !isFresh { state.copies[tenant]?.askAgainAt = now + Self.failureMilliseconds }
            return (copy.catalogue, isFresh)
        }
        guard let known = copy else { return try await self.question(about: tenant).value }
        if isFresh { return known }
        guard let catalogue = try? await self.ask(about: tenant) else { return known }
        self.state.withLock { state in
            if state.copies[tenant] != nil { state.copies[tenant] = self.copy(catalogue, now) }
        }
        return catalogue
    }

    /// The question on its way about a tenant that there is no copy of; asked now if there is none.
    private func question(about tenant: TenantID) -> Task<RoleCatalogue, any Error> {
        self.state.withLock { state in
            if let question = state.questions[tenant] { return question.answer }
            state.questionsAsked += 1
            let number = state.questionsAsked
            // Of nobody's call: the deadline of the first who asks is not that of the others.
            let answer = Task { [trace = CallContext.current.trace] in
                try await CallContext.$current.withValue(CallContext(trace: trace)) {
                    try await self.answer(to: number, about: tenant)
                }
            }
            state.questions[tenant] = Question(number: number, answer: answer)
            return answer
        }
    }

    private func answer(to number: Int, about tenant: TenantID) async throws -> RoleCatalogue {
        let now = self.clock.nowMilliseconds
        let answer: Result<RoleCatalogue, any Error>
        do {
            answer = .success(try await self.ask(about: tenant))
        } catch {
            answer = .failure(error)
        }
        self.state.withLock { state in
            guard state.questions[tenant]?.number == number else { return }
            state.questions[tenant] = nil
            if case .success(let catalogue) = answer {
                state.copies[tenant] = self.copy(catalogue, now)
            }
        }
        return try answer.get()
    }

    private func copy(_ catalogue: RoleCatalogue, _ now: Int64) -> Copy {
        Copy(catalogue: catalogue, askAgainAt: now + self.lifetimeMilliseconds)
    }

    private func ask(about tenant: TenantID) async throws -> RoleCatalogue {
        RoleCatalogue(try await self.identity.send(ListRoles(tenant: tenant)).roles)
    }
}

extension RoleCatalogue {
    /// The catalogue as identity tells it; scopes that mean nothing here are left out.
    init(_ roles: [Role]) {
        self.init(
            roles.compactMap { role in
                RoleScope(rawValue: role.scope).map { scope in
                    Entry(
                        RoleReference(scope, role.name), permissions: role.permissions,
                        titles: role.titles)
                }
            })
    }
}
