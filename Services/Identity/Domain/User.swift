package import Identifiers
package import IdentityAPI

/// A person or service account of a tenant.
package struct User: Hashable, Sendable {
    /// The user.
    package var id: UserID
    /// The tenant the user belongs to.
    package var tenant: TenantID
    /// The address, as it was given.
    package var email: String
    /// The given name.
    package var firstName: String
    /// The family name.
    package var lastName: String
    /// The employer, if it was told.
    package var company: String?
    /// Whether the user administers the tenant.
    package var isTenantAdmin: Bool
    /// Whether it is a service account and no person.
    package var isServiceAccount: Bool
    /// When the user was made, in milliseconds since 1970.
    package var registered: Int64
    /// When the user last began a session, in milliseconds since 1970; `nil` for never.
    package var lastLogin: Int64?

    /// Makes a user.
    package init(
        id: UserID, tenant: TenantID, email: String, firstName: String, lastName: String,
        company: String?, isTenantAdmin: Bool, isServiceAccount: Bool = false, registered: Int64,
        lastLogin: Int64? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.company = company
        self.isTenantAdmin = isTenantAdmin
        self.isServiceAccount = isServiceAccount
        self.registered = registered
        self.lastLogin = lastLogin
    }

    /// Makes the user that somebody asked for.
    package init(
        _ new: NewUser, in tenant: TenantID, isTenantAdmin: Bool = false, at now: Int64
    ) {
        self.init(
            id: UserID(secondsSince1970: now / 1_000), tenant: tenant, email: new.email.text,
            firstName: new.firstName, lastName: new.lastName, company: new.company,
            isTenantAdmin: isTenantAdmin, registered: now)
    }

    /// Takes over what somebody says of themselves.
    package mutating func change(_ change: UserChange) {
        self.firstName = change.firstName ?? self.firstName
        self.lastName = change.lastName ?? self.lastName
        switch change.company {
        case .kept: break
        case .removed: self.company = nil
        case .named(let name): self.company = name
        }
    }

    /// What others may know of the user; Tenant Admins and service accounts do not go with the last
    /// contract.
    package var summary: UserSummary {
        UserSummary(
            user: self.id, tenant: self.tenant, email: self.email, firstName: self.firstName,
            lastName: self.lastName, isProtected: self.isTenantAdmin || self.isServiceAccount,
            isServiceAccount: self.isServiceAccount ? true : nil)
    }

    /// The user as one who makes requests.
    package var authenticated: AuthenticatedUser {
        AuthenticatedUser(
            user: self.id, tenant: self.tenant, email: self.email,
            isTenantAdmin: self.isTenantAdmin)
    }
}
