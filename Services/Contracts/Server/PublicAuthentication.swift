import IdentityAPI
package import PublicHTTP
import RPC

/// Asks identity who stands behind the credentials of public requests.
package struct PublicAuthentication: Authenticator {
    private let identity: RPCClient<Identity>

    /// Asks by the client among these peers.
    package init(_ peers: ContractsService.Peers) { self.identity = peers.identity }

    package func authenticate(_ credentials: BasicCredentials) async throws -> Principal? {
        let reply = try await self.identity.send(
            Authenticate(
                email: credentials.email, secret: credentials.secret.reveal(),
                accepting: credentials.mayBePassword ? .apiKeyOrPassword : .apiKey))
        guard case .accepted(let user) = reply else { return nil }
        return Principal(
            user: user.user, tenant: user.tenant, email: user.email,
            isTenantAdmin: user.isTenantAdmin)
    }
}
