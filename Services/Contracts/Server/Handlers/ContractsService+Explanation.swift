import ContractsDomain
import Identifiers
import IdentityAPI
import Storage

/// What a member may do, and why.
struct PermissionView: Sendable {
    /// The contract.
    var contract: ContractRow
    /// The workspace that was asked about.
    var workspace: WorkspaceID?
    /// The member.
    var user: UserID
    /// The roles and what they permit.
    var explanation: PermissionExplanation
}

extension ContractsService {
    /// Explains what a member may do in a contract, or in a workspace of it that the caller may
    /// see.
    func explainPermissions(
        of user: UserID, in contract: ContractID, workspace: WorkspaceID?, for caller: Caller
    ) async throws -> PermissionView {
        let (row, standing) = try await self.database.lookUp { transaction in
            let row = try caller.admit(.explainPermissions, to: contract, in: transaction)
            let roles = try MemberStore.roles(of: user, in: contract, transaction)
            guard let roles else { throw Refusal.memberNotFound }
            let tenant = row.lifecycle.tenant
            guard let workspace else {
                return (row, AccessPolicy.Standing(tenant: tenant, contractRoles: roles))
            }
            let found = try caller.admit(.getWorkspace, to: workspace, in: transaction)
            guard found.contract.id == contract else { throw Refusal.workspaceNotFound }
            return (
                row,
                AccessPolicy.Standing(
                    tenant: tenant, contractRoles: roles,
                    workspaceRoles: try WorkspaceMemberStore.roles(
                        of: user, in: workspace, transaction))
            )
        }
        let person = try await self.person(user)
        return PermissionView(
            contract: row, workspace: workspace, user: user,
            explanation: PermissionExplanation(
                standing, isTenantAdmin: person?.isProtected ?? false, by: caller.catalogue))
    }
}
