import ContractLifecycle
import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI

extension ContractRow {
    /// Where the contract is.
    var path: String { "/v2/contracts/\(self.id)" }

    /// Changes with every change of what may be edited and of the state.
    var entityTag: String { "\(self.version).\(self.lifecycle.epoch)" }

    /// The contract as a resource, without relationships.
    var resource: Resource {
        var attributes: JSONObject = [
            "name": .string(self.name),
            "status": .string(self.lifecycle.phase.state.publicStatus),
            "available_roles": .array(
                self.availableRoles.map(\.json)),
            "support_user_id": .optional(self.supportUser?.text),
            "created_at": .time(self.createdAt),
            "updated_at": .time(self.updatedAt),
        ]
        let phase = self.lifecycle.phase
        switch phase.state {
        case .active: break
        case .suspending, .suspended:
            attributes["suspension"] = [
                "reason": .optional(phase.reason),
                "since": .time(phase.since),
                "until": .time(phase.until),
            ]
        case .preparing, .scheduled, .deleting, .deleted:
            attributes["deletion"] = [
                "state": .string(phase.state.rawValue),
                "operation": .optional(phase.operation?.text),
                "since": .time(phase.since),
            ]
        }
        return Resource(
            type: "contract", id: self.id.text, selfLink: self.path, attributes: attributes)
    }
}

extension ContractView {
    /// The contract with its members, and with its invites where they are asked for.
    func resource(withInvites: Bool) -> Resource {
        var resource = self.contract.resource
        let members = "\(self.contract.path)/members/"
        let isSmall = self.members.count <= ContractsLimits.linkageMax
        resource.relate(
            "members",
            to: isSmall
                ? .many(
                    "contract-member", self.members.map(\.user.text), selfLink: members)
                : .link(members))
        if withInvites {
            resource.relate(
                "invites",
                to: .invites(
                    "contract-invite", self.invites, at: "\(self.contract.path)/invites/"))
        }
        return resource
    }

    /// The contract with its members and invites, and resources of them in full where asked for.
    func document(including resources: [Resource]? = nil) -> Document {
        Document(
            self.resource(withInvites: true), included: resources,
            selfLink: self.contract.path)
    }
}

extension MemberView {
    /// The names, roles and address, as the documents have them: `role` when there is exactly one.
    private var attributes: JSONObject {
        var attributes = JSONObject()
        if let person = self.person {
            attributes["first_name"] = .string(person.firstName)
            attributes["last_name"] = .string(person.lastName)
        }
        for (name, value) in RoleAttributes.of(self.roles, "role") { attributes[name] = value }
        if let person = self.person { attributes["email"] = .string(person.email) }
        return attributes
    }

    /// The member as a resource of this type.
    func resource(_ type: String) -> Resource {
        Resource(
            type: type, id: self.user.text, attributes: self.attributes,
            relationships: [
                "user": .one("user", self.user.text, selfLink: "/v2/users/\(self.user)")
            ])
    }
}

extension InviteRow {
    /// The invite as a resource.
    var resource: Resource {
        var attributes: JSONObject = ["email": .optional(self.email)]
        for (name, value) in RoleAttributes.of(self.roles, "role") { attributes[name] = value }
        if let workspace = self.workspace {
            attributes["workspace_id"] = .string(workspace.text)
            for (name, value) in RoleAttributes.of(self.workspaceRoles, "workspace_role") {
                attributes[name] = value
            }
        }
        attributes["expires_at"] = .time(self.expiresAt)
        return Resource(type: "contract-invite", id: self.id.text, attributes: attributes)
    }
}

/// Roles in both generations of fields.
enum RoleAttributes {
    /// `roles`, and before it `role` when there is exactly one.
    static func of(_ roles: [String], _ name: String) -> [(String, JSON)] {
        let list = ("\(name)s", JSON.strings(roles))
        guard roles.count == 1, let role = roles.first else { return [list] }
        return [(name, .string(role)), list]
    }
}

extension Relationship {
    /// Invites, by name where they are not too many.
    static func invites(_ type: String, _ invites: [InviteRow], at link: String) -> Relationship {
        let isSmall = invites.count <= ContractsLimits.linkageMax
        return isSmall ? .many(type, invites.map(\.id.text), selfLink: link) : .link(link)
    }
}
