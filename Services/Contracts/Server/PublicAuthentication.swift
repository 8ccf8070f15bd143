import Identifiers
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
        return Principal(user, session: nil)
    }

    package func authenticate(_ session: SessionToken) async throws -> Principal? {
        let reply = try await self.identity.send(AuthenticateSession(token: session.reveal()))
        guard case .accepted(let user, let session) = reply else { return nil }
        return Principal(user, session: session)
    }
}

extension Principal {
    fileprivate init(_ user: AuthenticatedUser, session: SessionID?) {
        self.init(
            user: user.user, tenant: user.tenant, email: user.email,
            isTenantAdmin: user.isTenantAdmin, session: session)
    }
}
