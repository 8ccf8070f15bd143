public import Identifiers

/// Who a request comes from, proven by its credentials.
public struct Principal: Hashable, Sendable {
    /// The user.
    public var user: UserID
    /// The tenant the user belongs to.
    public var tenant: TenantID
    /// The user's e-mail address.
    public var email: String
    /// Whether the user administers the tenant.
    public var isTenantAdmin: Bool
    /// The session that proved it; `nil` when a key or password did.
    public var session: SessionID?

    /// Makes a principal.
    public init(
        user: UserID, tenant: TenantID, email: String, isTenantAdmin: Bool,
        session: SessionID? = nil
    ) {
        self.user = user
        self.tenant = tenant
        self.email = email
        self.isTenantAdmin = isTenantAdmin
        self.session = session
    }
}
