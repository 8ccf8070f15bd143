import ContractsDomain
package import PublicHTTP

extension ContractsService {
    /// The public operations.
    package var publicRoutes: PublicRoutes {
        var table = PublicTable()
        self.addContractRoutes(to: &table)
        self.addMemberRoutes(to: &table)
        self.addInviteRoutes(to: &table)
        self.addExplanationRoutes(to: &table)
        self.addWorkspaceRoutes(to: &table)
        self.addWorkspaceMemberRoutes(to: &table)
        self.addWorkspaceInviteRoutes(to: &table)
        self.addTeamRoutes(to: &table)
        self.addTeamMemberRoutes(to: &table)
        self.addAuditRoutes(to: &table)
        self.addMailTemplateRoutes(to: &table)
        self.addWebhookRoutes(to: &table)
        return table.routes
    }
}
