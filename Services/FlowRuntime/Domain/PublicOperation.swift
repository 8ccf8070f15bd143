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
    case createComponent
    case listComponents
    case getComponent
    case editComponent
    case deleteComponent
    case createComponentVersion
    case listComponentVersions
    case getComponentVersion
    case deleteComponentVersion

    /// What a caller needs.
    package enum Access: Hashable, Sendable {
        /// Membership of the flow's workspace.
        case membership
        /// A permission in the flow's workspace.
        case permission(String)
        /// Membership of the contract.
        case contractMembership
        /// Membership of the component's contract, or of the tenant when it is open to the tenant.
        case componentMembership
        /// A permission in the contract.
        case contractPermission(String)
        /// What the flow's own trigger asks for.
        case hook
    }

    package var access: Access {
        switch self {
        case .listFlows, .getFlow, .listExecutions, .getExecution, .listErrors: .membership
        case .createFlow, .editFlow, .deleteFlow: .permission("workspaces.flow.edit")
        case .startFlow, .stopFlow, .retryError: .permission("workspaces.flow.toggleStatus")
        case .receiveHook: .hook
        case .listComponents: .contractMembership
        case .getComponent, .listComponentVersions, .getComponentVersion: .componentMembership
        case .createComponent, .editComponent, .deleteComponent, .createComponentVersion,
            .deleteComponentVersion:
            .contractPermission("contracts.repository.edit")
        }
    }

    /// The permission to ask the contracts service about; `nil` for reading.
    package var permission: String? {
        switch self.access {
        case .permission(let permission), .contractPermission(let permission): permission
        case .membership, .contractMembership, .componentMembership, .hook: nil
        }
    }

    /// The access in words, for the description of the API.
    package var about: String {
        switch self.access {
        case .membership: "member of the workspace, Tenant Admin"
        case .permission(let permission): "\(permission) in the workspace, Tenant Admin"
        case .contractMembership: "member of the contract, Tenant Admin"
        case .componentMembership:
            "member of the component's contract, everybody in the tenant when its access is tenant"
        case .contractPermission(let permission): "\(permission) in the contract, Tenant Admin"
        case .hook: "as the flow's webhook asks: nobody in particular, or x-api-key"
        }
    }
}
