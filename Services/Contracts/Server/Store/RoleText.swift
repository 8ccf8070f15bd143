import ContractsDomain
import Storage

/// Lists of roles as a column holds them: one a line, in order.
enum RoleText {
    static func text(_ names: [String]) -> String { names.joined(separator: "\n") }

    static func names(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    /// Roles with their scopes: `scope/name`.
    static func text(_ roles: [RoleReference]) -> String {
        Self.text(roles.map { "\($0.scope.rawValue)/\($0.name)" })
    }

    static func references(_ text: String) throws(StorageError) -> [RoleReference] {
        var roles: [RoleReference] = []
        for line in Self.names(text) {
            let parts = line.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, let scope = RoleScope(rawValue: parts[0]) else {
                throw StorageError(.corrupt, "a list of roles cannot be read")
            }
            roles.append(RoleReference(scope, parts[1]))
        }
        return roles
    }
}
