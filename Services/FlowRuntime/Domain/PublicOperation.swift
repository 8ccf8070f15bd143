/// Everything the public can ask for, and who may.
package enum PublicOperation: String, CaseIterable, Hashable, Sendable {
    case createFlow
    case listFlows
    case getFlow
    case editFlow
    case deleteFlow
    case startFlow
    case stopFlow
    case listExecutions
    case getExecution
    case listErrors
    case retryError
    case receiveHook

    /// What a caller needs.
    package enum Access: Hashable, Sendable {
        /// Membership of the flow's workspace.
        case membership
        /// A permission in the flow's workspace.
        case permission(String)
        /// What the flow's own trigger asks for.
        case hook
    }

    package var access: Access {
        switch self {
        case .listFlows, .getFlow, .listExecutions, .getExecution, .listErrors: .membership
        case .createFlow, .editFlow, .deleteFlow: .permission("workspaces.flow.edit")
        case .startFlow, .stopFlow, .retryError: .permission("workspaces.flow.toggleStatus")
        case .receiveHook: .hook
        }
    }

    /// The permission to ask the contracts service about; `nil` for reading.
    package var permission: String? {
        if case .permission(let permission) = self.access { permission } else { nil }
    }

    /// The access in words, for the description of the API.
    package var about: String {
        switch self.access {
        case .membership: "member of the workspace, Tenant Admin"
        case .permission(let permission): "\(permission) in the workspace, Tenant Admin"
        case .hook: "as the flow's webhook asks: nobody in particular, or x-api-key"
        }
    }
}
