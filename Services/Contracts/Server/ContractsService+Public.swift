import ContractsDomain
import JSONAPI
package import PublicHTTP

extension ContractsService {
    /// The public operations, with their description at `/v2/openapi.json`.
    package var publicRoutes: PublicRoutes {
        var table = PublicTable()
        self.addContractRoutes(to: &table)
        self.addMemberRoutes(to: &table)
        self.addInviteRoutes(to: &table)
        self.addWorkspaceRoutes(to: &table)
        let description = OpenAPI(
            title: "Covenant: contracts", version: "2", routes: table.routes.routes
        ).json
        table.on(
            .describeAPI, .get, "/v2/openapi.json", "This description",
            answer: .init(200, "OpenAPI 3.1.", .json(.map(.anything)))
        ) { _ in .json(description) }
        return table.routes
    }
}
