import ContractsDomain
import Identifiers
import JSONAPI

extension WorkspaceRow {
    /// Where the workspace is.
    var path: String { "/v2/workspaces/\(self.id)" }

    /// Changes with every change of what may be edited.
    var entityTag: String { "\(self.version)" }
}

extension WorkspaceView {
    /// The workspace as a resource.
    var resource: Resource {
        let path = self.workspace.path
        let contract = self.workspace.contract.text
        let members = "\(path)/members/"
        let isSmall = self.members.count <= ContractsLimits.linkageMax
        var resource = Resource(
            type: "workspace", id: self.workspace.id.text, selfLink: path,
            attributes: [
                "name": .string(self.workspace.name),
                "type": .string(self.workspace.type.rawValue),
                "created_at": .time(self.workspace.createdAt),
                "updated_at": .time(self.workspace.updatedAt),
            ],
            relationships: [
                "contract": .one(
                    "contract", contract, selfLink: "/v2/contracts/\(contract)"),
                "members": isSmall
                    ? .many("member", self.members.map(\.user.text), selfLink: members)
                    : .link(members),
            ])
        if let invites = self.invites {
            resource.relate(
                "invites",
                to: .invites("workspace-invite", invites, at: "\(path)/invites/"))
        }
        return resource
    }
}

extension InviteRow {
    /// The invite as the workspace it leads into sees it: its roles are the workspace's.
    var workspaceResource: Resource {
        var attributes: JSONObject = ["email": .optional(self.email)]
        for (name, value) in RoleAttributes.of(self.workspaceRoles, "role") {
            attributes[name] = value
        }
        for (name, value) in RoleAttributes.of(self.roles, "contract_role") {
            attributes[name] = value
        }
        attributes["expires_at"] = .time(self.expiresAt)
        return Resource(type: "workspace-invite", id: self.id.text, attributes: attributes)
    }
}
