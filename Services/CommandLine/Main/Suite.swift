/// What a suite consists of.
enum Suite {
    /// The four services, in no order of starting: there is none.
    static let services = ["identity", "contracts", "flow-runtime", "deletion-orchestrator"]

    /// The peers that hold a token: the services and the operator's own tools.
    static let peers = Self.services + [Self.operatorPeer]

    /// The peer that the operator's own tools are.
    static let operatorPeer = "operator"

    /// The path prefixes each service answers behind the edge.
    ///
    /// A pattern that ends with a slash takes everything below it; the bare one takes itself.
    static let edgeRoutes: [(service: String, prefixes: [String])] = [
        (
            "identity",
            [
                "/v2/users", "/v2/service-accounts", "/v2/sshkeys", "/v2/sessions", "/v2/tenants",
                "/v2/permissions",
            ]
        ),
        (
            "contracts",
            [
                "/v2/contracts", "/v2/email-templates", "/v2/invites", "/v2/workspaces",
                "/v2/webhooks", "/v2/teams", "/v2/apis",
                "/v2/apps", "/v2/licenses", "/v2/agreements", "/v2/api-contracts",
                "/v2/openapi.json",
            ]
        ),
        (
            "flow-runtime",
            [
                "/v2/components", "/v2/flows", "/v2/credentials", "/v2/agents",
                "/v2/data-samples", "/v2/topics", "/v2/recipes", "/v2/request-bins",
                "/v2/executions", "/v2/errors", "/v2/logs", "/v2/stats", "/v2/quota-usages",
                "/hook", "/gateway", "/authz",
            ]
        ),
        ("deletion-orchestrator", ["/v2/deletions"]),
    ]
}
