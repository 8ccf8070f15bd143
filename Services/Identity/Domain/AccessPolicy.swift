package import Identifiers
package import IdentityAPI

/// Who may do what of identity's public operations: the whole table.
package enum AccessPolicy {
    /// The public operations, by the ids of their routes.
    package enum Operation: String, CaseIterable, Sendable {
        case createUser, listUsers, getMe, getUser, generateAPIKey, listPermissions, listTenantRoles
        case createSession, listSessions, getCurrentSession, closeSession, closeCurrentSession
        case deleteUser, replaceTenantRoles, listTenants, getTenant, updateTenant
        case createTenant, deleteTenant, updateMe
        case createServiceAccount, listServiceAccounts, deleteServiceAccount
        case closeSessions, listSSHKeys, getSSHKey, addSSHKey, removeSSHKey
    }

    /// Who may carry out an operation.
    package enum Rule: Hashable, Sendable {
        /// Every user: the operation concerns the caller alone, or nobody.
        case everyUser
        /// The caller's own tenant's administrators.
        case tenantAdmin
        /// The user concerned, and the administrators of the tenant that user is of; to all others
        /// the user does not exist.
        case userOrTenantAdmin
        /// The administrators of the tenant the user concerned is of; to users of other tenants and to
        /// others who are not that user, the user does not exist.
        case adminOfUser
        /// The administrators of the tenant concerned; to users of other tenants it does not exist.
        case adminOfTenant
        /// The administrators of the tenant that operates the platform.
        case platformOperator
        /// The platform's operators and the administrators of the tenant concerned; to others of other
        /// tenants it does not exist.
        case operatorOrAdminOfTenant
        /// The platform's operators alone; to users of other tenants than the one concerned it does not
        /// exist.
        case operatorOfTenant
    }

    /// The table.
    package static func rule(of operation: Operation) -> Rule {
        switch operation {
        case .getMe, .updateMe, .generateAPIKey, .listPermissions: .everyUser
        case .createSession, .listSessions, .getCurrentSession, .closeSession,
            .closeCurrentSession, .closeSessions:
            .everyUser
        case .listSSHKeys, .getSSHKey, .addSSHKey, .removeSSHKey: .everyUser
        case .createUser, .listUsers, .listTenants, .createServiceAccount, .listServiceAccounts:
            .tenantAdmin
        case .deleteUser, .deleteServiceAccount: .adminOfUser
        case .getUser: .userOrTenantAdmin
        case .listTenantRoles, .replaceTenantRoles, .updateTenant: .adminOfTenant
        case .createTenant: .platformOperator
        case .getTenant: .operatorOrAdminOfTenant
        case .deleteTenant: .operatorOfTenant
        }
    }

    /// What an operation concerns besides the caller.
    package enum Subject: Hashable, Sendable {
        /// Nothing.
        case none
        /// A user of a tenant.
        case user(UserID, TenantID)
        /// A tenant.
        case tenant(TenantID)
        /// The platform, which a tenant operates.
        case platform(operatedBy: TenantID?)
        /// A tenant of the platform, which a tenant operates.
        case tenantOfPlatform(TenantID, operatedBy: TenantID?)
    }

    /// Whether the caller operates the platform: administers the tenant that does.
    package static func operates(_ caller: AuthenticatedUser, operator: TenantID?) -> Bool {
        caller.isTenantAdmin && caller.tenant == `operator`
    }

    /// Lets the caller pass, or says what to answer instead.
    ///
    /// - Throws: ``IdentityRefusal/unknownUser`` or ``IdentityRefusal/unknownTenant`` where the
    ///   caller may not even know of the subject, ``IdentityRefusal/forbidden`` otherwise.
    package static func check(
        _ operation: Operation, by caller: AuthenticatedUser, on subject: Subject = .none
    ) throws(IdentityRefusal) {
        switch (self.rule(of: operation), subject) {
        case (.everyUser, _): return
        case (.tenantAdmin, _):
            guard caller.isTenantAdmin else { throw .forbidden }
        case (.userOrTenantAdmin, .user(let user, let tenant)):
            let administers = caller.isTenantAdmin && caller.tenant == tenant
            guard caller.user == user || administers else { throw .unknownUser }
        case (.adminOfUser, .user(let user, let tenant)):
            if caller.isTenantAdmin && caller.tenant == tenant { return }
            throw caller.user == user ? .forbidden : .unknownUser
        case (.adminOfTenant, .tenant(let tenant)):
            guard caller.tenant == tenant else { throw .unknownTenant }
            guard caller.isTenantAdmin else { throw .forbidden }
        case (.platformOperator, .platform(let operating)):
            guard Self.operates(caller, operator: operating) else { throw .forbidden }
        case (.operatorOrAdminOfTenant, .tenantOfPlatform(let tenant, let operating)):
            if Self.operates(caller, operator: operating) { return }
            guard caller.tenant == tenant else { throw .unknownTenant }
            guard caller.isTenantAdmin else { throw .forbidden }
        case (.operatorOfTenant, .tenantOfPlatform(let tenant, let operating)):
            if Self.operates(caller, operator: operating) { return }
            throw caller.tenant == tenant ? .forbidden : .unknownTenant
        case (.userOrTenantAdmin, _), (.adminOfUser, _), (.adminOfTenant, _),
            (.platformOperator, _), (.operatorOrAdminOfTenant, _), (.operatorOfTenant, _):
            throw .forbidden
        }
    }
}
