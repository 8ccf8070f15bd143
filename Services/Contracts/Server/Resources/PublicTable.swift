import ContractsDomain
import JSONAPI
import PublicHTTP

/// Operations with their handlers, in the making.
///
/// An operation is made from its row in the access table, so that there is none without.
struct PublicTable {
    private(set) var routes = PublicRoutes()

    /// Adds an operation; a rule's refusal becomes an answer.
    mutating func on(
        _ call: PublicCall, _ method: Route.Method, _ path: PathTemplate, _ summary: String,
        query: [QueryParameter] = [], body: Route.Body = .none, meaning: PublicBodyCheck? = nil,
        answer: Route.Answer, _ handler: @escaping PublicHandler
    ) {
        self.on(
            call, method, path, summary, query: query, body: body, meaning: meaning,
            answers: [answer], handler)
    }

    /// Adds an operation that is answered in several ways.
    mutating func on(
        _ call: PublicCall, _ method: Route.Method, _ path: PathTemplate, _ summary: String,
        query: [QueryParameter] = [], body: Route.Body = .none, meaning: PublicBodyCheck? = nil,
        answers: [Route.Answer], _ handler: @escaping PublicHandler
    ) {
        let route = Route(
            method, path, id: call.rawValue, summary: summary, permission: call.rule.inWords,
            authentication: call.authentication, query: query, body: body, answers: answers)
        self.routes.on(route, meaning: meaning) { request in
            do {
                return try await handler(request)
            } catch let refusal as Refusal {
                throw refusal.apiErrors(in: request.json)
            }
        }
    }
}

extension PublicCall {
    /// What proves who calls.
    var authentication: Route.Authentication {
        switch self {
        case .getInvite: .none
        case .acceptInvite: .optionalAPIKey
        default: .apiKey
        }
    }
}

extension PublicCall.Rule {
    /// Who may call, for the description.
    var inWords: String {
        let members =
            switch self.member {
            case .nobody: nil as String?
            case .membership: "members of the contract"
            case .permission(let permission): "members with \(permission)"
            case .either(let one, let other): "members with \(one) or \(other)"
            case .anybody: "anybody"
            }
        let admin = self.tenantAdmin && self.member != .anybody ? "Tenant Admin" : nil
        return [admin, members].compactMap { $0 }.joined(separator: ", ")
    }
}
