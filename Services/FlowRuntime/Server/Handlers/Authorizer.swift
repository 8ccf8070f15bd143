import ContractsAPI
import Identifiers
import PublicHTTP
import RPC
import Synchronization

/// Asks the contracts service what a caller may do, and remembers the answer for a moment.
///
/// What was taken from somebody is gone here within ``rememberedMilliseconds``.
final class Authorizer: Sendable {
    private struct Question: Hashable {
        var user: UserID
        var isTenantAdmin: Bool
        var permission: String?
        var scope: Authorize.Scope
    }

    private struct Answer {
        var reply: Authorize.Reply
        var until: Int64
    }

    /// How long an answer is remembered.
    static let rememberedMilliseconds: Int64 = 1_000
    /// Answers remembered at once; beyond, all are forgotten.
    static let rememberedMax = 10_000

    private let contracts: RPCClient<Contracts>
    private let time: Timekeeper
    private let answers = Mutex<[Question: Answer]>([:])

    init(contracts: RPCClient<Contracts>, time: Timekeeper) {
        self.contracts = contracts
        self.time = time
    }

    /// By what right a caller does something.
    ///
    /// - Parameter permission: what is to be done; `nil` for reading.
    /// - Throws: ``FlowFault/notFound(_:)`` naming `noun` for a stranger, ``FlowFault/forbidden(_:)``.
    func grant(
        _ caller: Principal, _ permission: String?, in workspace: WorkspaceID, noun: String
    ) async throws -> Authorize.Grant {
        try await self.grant(caller, permission, on: .workspace(workspace), noun: noun)
    }

    /// The same for whatever is acted on.
    func grant(
        _ caller: Principal, _ permission: String?, on scope: Authorize.Scope, noun: String
    ) async throws -> Authorize.Grant {
        let question = Question(
            user: caller.user, isTenantAdmin: caller.isTenantAdmin, permission: permission,
            scope: scope)
        switch try await self.reply(to: question, tenant: caller.tenant) {
        case .allowed(let grant): return grant
        case .denied(let reason): throw FlowFault.forbidden(reason)
        case .notFound: throw FlowFault.notFound(noun)
        }
    }

    private func reply(
        to question: Question, tenant: TenantID
    ) async throws -> Authorize.Reply {
        // Taken before asking: an answer ages while it travels.
        let now = self.time.now()
        let known = self.answers.withLock { $0[question] }
        if let known, now < known.until { return known.reply }
        let reply = try await self.contracts.send(
            Authorize(
                user: question.user, tenant: tenant, isTenantAdmin: question.isTenantAdmin,
                permission: question.permission, scope: question.scope))
        self.answers.withLock { answers in
            if answers.count >= Self.rememberedMax { answers = [:] }
            answers[question] = Answer(reply: reply, until: now + Self.rememberedMilliseconds)
        }
        return reply
    }
}
