extension PublicCall {
    /// The row of the table.
    ///
    /// A Tenant Admin who is no member does not list members and invites, change roles or create
    /// workspaces: the tables of the API documents say so.
    package var rule: Rule {
        switch self {
        case .createContract: Rule(tenantAdmin: true, member: .nobody, act: .outside)
        case .listContracts: Rule(tenantAdmin: true, member: .membership, act: .outside)
        case .getContract: Rule(tenantAdmin: true, member: .membership, act: .readContract)
        case .updateContract: Self.needs("contracts.contract.edit", .write)
        case .planDeletion: Rule(tenantAdmin: true, member: .nobody, act: .readContract)
        case .deleteContract, .suspendContract, .unsuspendContract:
            Rule(tenantAdmin: true, member: .nobody, act: .lifecycle)
        case .listMembers, .listInvites:
            Rule(tenantAdmin: false, member: .membership, act: .readParts)
        case .addMember: Self.needs("contracts.membership.edit_directly", .write)
        case .updateMember:
            Rule(tenantAdmin: false, member: .permission(AccessPolicy.editMembers), act: .write)
        case .removeMember, .createInvite, .updateInvite, .resendInvite:
            Self.needs(AccessPolicy.editMembers, .write)
        case .revokeInvite: Self.needs(AccessPolicy.editMembers, .deleteOwnThings)
        case .getInvite: Rule(tenantAdmin: true, member: .anybody, act: .readParts)
        case .acceptInvite: Rule(tenantAdmin: true, member: .anybody, act: .write)
        case .listMailTemplates, .updateMailTemplate, .resetMailTemplate, .listAudit,
            .listWebhooks, .createWebhook, .getWebhook, .updateWebhook, .deleteWebhook,
            .listWebhookDeliveries:
            Rule(tenantAdmin: true, member: .nobody, act: .outside)
        case .createWorkspace:
            Rule(
                tenantAdmin: false, member: .permission("contracts.workspace.create"), act: .write)
        case .updateWorkspace, .addWorkspaceMember, .updateWorkspaceMember,
            .removeWorkspaceMember, .createWorkspaceInvite:
            Self.needs(AccessPolicy.editWorkspace, .write)
        case .revokeWorkspaceInvite: Self.needs(AccessPolicy.editWorkspace, .deleteOwnThings)
        case .deleteWorkspace:
            Rule(
                tenantAdmin: true,
                member: .either("contracts.workspace.delete", AccessPolicy.editWorkspace),
                act: .deleteOwnThings)
        case .createTeam, .updateTeam, .addTeamMember, .removeTeamMember:
            Self.needs(AccessPolicy.editTeams, .write)
        case .deleteTeam: Self.needs(AccessPolicy.editTeams, .deleteOwnThings)
        case .listRoles, .explainPermissions, .listWorkspaces, .getWorkspace,
            .listWorkspaceMembers, .listWorkspaceInvites, .listWorkspaceRoles, .listTeams,
            .getTeam, .listTeamMembers:
            Rule(tenantAdmin: true, member: .membership, act: .readParts)
        }
    }

    private static func needs(_ permission: String, _ act: Act) -> Rule {
        Rule(tenantAdmin: true, member: .permission(permission), act: act)
    }
}
