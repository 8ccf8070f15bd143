import ContractsDomain
package import PublicHTTP

extension ContractsService {
    /// The public operations.
    package var publicRoutes: PublicRoutes {
        var table = PublicTable()
        self.addContractRoutes(to: &table)
        self.addMemberRoutes(to: &table)
        self.addInviteRoutes(to: &table)
        self.addWorkspaceRoutes(to: &table)
        self.addAuditRoutes(to: &table)
        self.addMailTemplateRoutes(to: &table)
        return table.routes
    }
}
