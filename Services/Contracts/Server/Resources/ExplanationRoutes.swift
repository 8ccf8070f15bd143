import ContractLifecycle
import ContractsDomain
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// What may be done, and what would be: explanations that change nothing.
    func addExplanationRoutes(to table: inout PublicTable) {
        table.on(
            .explainPermissions, .get,
            "/v2/contracts/{contract_id}/members/{user_id}/permissions",
            "Explain what a member may do, and by which roles",
            query: [
                .text(
                    "workspace_id", .identifier,
                    "In this workspace of the contract, which the caller may see.")
            ],
            answer: .init(200, "The permissions.", .document("member-permissions"))
        ) { request in
            let view = try await self.explainPermissions(
                of: request.identifier("user_id", "Member"),
                in: request.identifier("contract_id", "Contract"),
                workspace: request.query["workspace_id"].flatMap { WorkspaceID($0) },
                for: self.caller(request))
            return .document(Document(view.resource))
        }
        table.on(
            .planDeletion, .get, "/v2/contracts/{contract_id}/deletion-plan",
            "See what deleting a contract would do",
            answer: .init(200, "The plan.", .document("deletion-plan"))
        ) { request in
            let plan = try await self.planDeletion(
                of: request.identifier("contract_id", "Contract"), for: self.caller(request))
            return .document(Document(plan.resource))
        }
    }
}

extension RoleReference {
    /// The role as `available_roles` has it.
    var json: JSON {
        ["scope": .string(self.scope.rawValue), "role": .string(self.name)]
    }
}

extension PermissionView {
    /// The explanation as a resource.
    var resource: Resource {
        let path = "\(self.contract.path)/members/\(self.user)/permissions"
        let inWorkspace = self.workspace.map { "?workspace_id=\($0)" } ?? ""
        let state = self.contract.lifecycle.phase.state
        var resource = Resource(
            type: "member-permissions", id: self.user.text, selfLink: path + inWorkspace,
            attributes: [
                "tenant_admin": .bool(self.explanation.isTenantAdmin),
                "roles": .array(
                    self.explanation.held.map { held in
                        [
                            "scope": .string(held.role.scope.rawValue),
                            "role": .string(held.role.name), "is_known": .bool(held.isKnown),
                        ]
                    }),
                "permissions": .array(
                    self.explanation.grants.map { grant in
                        [
                            "permission": .string(grant.permission),
                            "granted_by": .array(grant.roles.map(\.json)),
                        ]
                    }),
                "contract_status": .string(state.publicStatus),
                "contract_allows_changes": .bool(state.allowsNewWork),
            ],
            relationships: [
                "contract": .one(
                    "contract", self.contract.id.text, selfLink: self.contract.path),
                "user": .one("user", self.user.text, selfLink: "/v2/users/\(self.user)"),
            ])
        if let workspace = self.workspace {
            resource.relate(
                "workspace",
                to: .one(
                    "workspace", workspace.text, selfLink: "/v2/workspaces/\(workspace)"))
        }
        return resource
    }
}

extension DeletionPlan {
    /// The plan as a resource.
    var resource: Resource {
        let services: [JSON] = self.holdings.map { holding in
            [
                "service": .string(holding.service),
                "kinds": .array(
                    holding.kinds.map {
                        ["kind": .string($0.kind), "count": .integer($0.count)]
                    }),
            ]
        }
        let counts = self.holdings.flatMap { $0.kinds.map(\.count) }
        return Resource(
            type: "deletion-plan", id: self.contract.id.text,
            selfLink: "\(self.contract.path)/deletion-plan",
            attributes: [
                "status": .string(self.contract.lifecycle.phase.state.publicStatus),
                "is_blocked": .bool(self.blockersTotal > 0),
                "blockers": .array(self.blockers.map(\.json)),
                "blockers_total": .integer(self.blockersTotal),
                "services": .array(services),
                "rows_total": .integer(counts.reduce(0, +)),
                "users_leaving_total": .integer(self.usersTotal),
            ],
            relationships: [
                "contract": .one(
                    "contract", self.contract.id.text, selfLink: self.contract.path),
                "users_leaving": .many("user", self.users.map(\.text)),
            ])
    }
}
