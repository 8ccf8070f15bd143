import Identifiers
import IdentityAPI
public import PublicHTTP

/// Says who stands behind the credentials of requests to identity's own public listener.
public struct IdentityAuthenticator: Authenticator {
    private let service: IdentityService

    /// Makes an authenticator that asks the service of the same process.
    public init(_ service: IdentityService) { self.service = service }

    public func authenticate(_ credentials: BasicCredentials) async throws -> Principal? {
        let reply = try await self.service.authenticate(
            Authenticate(
                email: credentials.email, secret: credentials.secret.reveal(),
                accepting: credentials.mayBePassword ? .apiKeyOrPassword : .apiKey),
            from: credentials.clientAddress)
        guard case .accepted(let user) = reply else { return nil }
        return Principal(user, session: nil)
    }

    public func authenticate(_ session: SessionToken) async throws -> Principal? {
        let reply = try await self.service.authenticate(session)
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

extension AuthenticatedUser {
    /// Who makes a request, as the public listener knows them.
    init(_ principal: Principal) {
        self.init(
            user: principal.user, tenant: principal.tenant, email: principal.email,
            isTenantAdmin: principal.isTenantAdmin)
    }
}
