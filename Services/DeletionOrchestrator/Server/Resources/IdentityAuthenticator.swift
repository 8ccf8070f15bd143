import Identifiers
public import IdentityAPI
public import PublicHTTP
public import RPC

/// Says who stands behind public credentials by asking identity.
public struct IdentityAuthenticator: Authenticator {
    private let identity: RPCClient<Identity>

    /// Makes an authenticator.
    public init(_ identity: RPCClient<Identity>) { self.identity = identity }

    public func authenticate(_ credentials: BasicCredentials) async throws -> Principal? {
        let reply = try await self.identity.send(
            Authenticate(
                email: credentials.email, secret: credentials.secret.reveal(),
                accepting: credentials.mayBePassword ? .apiKeyOrPassword : .apiKey))
        guard case .accepted(let user) = reply else { return nil }
        return Principal(user, session: nil)
    }

    public func authenticate(_ session: SessionToken) async throws -> Principal? {
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
