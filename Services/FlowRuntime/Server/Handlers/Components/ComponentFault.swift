import FlowRuntimeDomain
import Identifiers
import JSONAPI

/// Why something is not done to a component.
enum ComponentFault: Hashable, Sendable {
    /// Another component of the name is there.
    case nameTaken
    /// The team is called as that which built-in components seem to belong to.
    case teamNameReserved
    /// What was opened to the tenant stays open.
    case accessIrreversible
    /// There are as many of these as there may be.
    case tooMany(String, max: Int)
    /// Flows use it: some of them, and how many.
    case inUse(String, flows: [FlowID], total: Int)

    /// The fault as the public API tells it.
    var apiError: APIError {
        switch self {
        case .nameTaken:
            .conflict(
                "component_name_taken",
                "There is a component of this team and name already, in the contract or open to "
                    + "the tenant.")
        case .teamNameReserved:
            .conflict(
                "team_name_reserved",
                "Commands of the team \"\(CommandName.builtInTeam)\" are built in; rename the team.",
                pointer: "/data/relationships/team")
        case .accessIrreversible:
            .conflict(
                "access_irreversible", "What is open to the tenant can not be closed again.",
                pointer: "/data/attributes/access")
        case .tooMany(let what, let max):
            .conflict("too_many", "There may be \(max) \(what); delete one first.")
        case .inUse(let what, let flows, let total):
            .conflict(
                "component_in_use", "The \(what) is used by \(total) flows.",
                meta: ["flows": .strings(flows.map(\.text)), "flows_total": .integer(total)])
        }
    }
}
