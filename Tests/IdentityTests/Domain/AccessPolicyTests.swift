import Identifiers
import IdentityAPI
import IdentityDomain
import Testing

@Suite("Who may do what")
struct AccessPolicyTests {
    typealias Operation = AccessPolicy.Operation
    typealias Subject = AccessPolicy.Subject

    struct Row: Sendable {
        var operation: Operation
        var subject: Subject
        /// `nil` is allowed; for: a user, an admin of the same tenant, an admin of another.
        var outcomes: [IdentityRefusal?]

        init(_ operation: Operation, _ subject: Subject, _ outcomes: IdentityRefusal?...) {
            self.operation = operation
            self.subject = subject
            self.outcomes = outcomes
        }
    }

    static let here = TenantID(secondsSince1970: 1)
    static let elsewhere = TenantID(secondsSince1970: 2)
    static let callers = [
        AuthenticatedUser(
            user: UserID(secondsSince1970: 3), tenant: here, email: "u@x", isTenantAdmin: false),
        AuthenticatedUser(
            user: UserID(secondsSince1970: 4), tenant: here, email: "a@x", isTenantAdmin: true),
        AuthenticatedUser(
            user: UserID(secondsSince1970: 5), tenant: elsewhere, email: "f@x",
            isTenantAdmin: true),
    ]

    static let table = [
        Row(.createUser, .none, .forbidden, nil, nil),
        Row(.listUsers, .none, .forbidden, nil, nil),
        Row(.getMe, .none, nil, nil, nil),
        Row(.generateAPIKey, .none, nil, nil, nil),
        Row(.listPermissions, .none, nil, nil, nil),
        Row(.getUser, .user(callers[0].user, here), nil, nil, .unknownUser),
        Row(.getUser, .user(callers[1].user, here), .unknownUser, nil, .unknownUser),
        Row(.getUser, .user(callers[2].user, elsewhere), .unknownUser, .unknownUser, nil),
        Row(.listTenantRoles, .tenant(here), .forbidden, nil, .unknownTenant),
        Row(.listTenantRoles, .tenant(elsewhere), .unknownTenant, .unknownTenant, nil),
        Row(.deleteUser, .user(callers[0].user, here), .forbidden, nil, .unknownUser),
        Row(.deleteUser, .user(callers[1].user, here), .unknownUser, nil, .unknownUser),
        Row(.deleteServiceAccount, .user(callers[0].user, here), .forbidden, nil, .unknownUser),
        Row(.deleteServiceAccount, .user(callers[2].user, here), .unknownUser, nil, .forbidden),
        Row(.replaceTenantRoles, .tenant(here), .forbidden, nil, .unknownTenant),
        Row(.getTenant, .tenantOfPlatform(here, operatedBy: nil), .forbidden, nil, .unknownTenant),
        Row(.getTenant, .tenantOfPlatform(here, operatedBy: elsewhere), .forbidden, nil, nil),
        Row(.getTenant, .tenant(here), .forbidden, .forbidden, .forbidden),
        Row(.createTenant, .platform(operatedBy: here), .forbidden, nil, .forbidden),
        Row(.createTenant, .platform(operatedBy: nil), .forbidden, .forbidden, .forbidden),
        Row(.createTenant, .none, .forbidden, .forbidden, .forbidden),
        Row(
            .deleteTenant, .tenantOfPlatform(here, operatedBy: elsewhere), .forbidden, .forbidden,
            nil),
        Row(
            .deleteTenant, .tenantOfPlatform(elsewhere, operatedBy: here), .unknownTenant, nil,
            .forbidden),
        Row(
            .deleteTenant, .tenantOfPlatform(here, operatedBy: nil), .forbidden, .forbidden,
            .unknownTenant),
        Row(.updateMe, .none, nil, nil, nil),
        Row(.updateTenant, .tenant(here), .forbidden, nil, .unknownTenant),
        Row(.listTenants, .none, .forbidden, nil, nil),
        Row(.createServiceAccount, .none, .forbidden, nil, nil),
        Row(.listServiceAccounts, .none, .forbidden, nil, nil),
        Row(.deleteUser, .none, .forbidden, .forbidden, .forbidden),
        Row(.createSession, .none, nil, nil, nil), Row(.listSessions, .none, nil, nil, nil),
        Row(.getCurrentSession, .none, nil, nil, nil), Row(.closeSession, .none, nil, nil, nil),
        Row(.closeCurrentSession, .none, nil, nil, nil), Row(.closeSessions, .none, nil, nil, nil),
        Row(.listSSHKeys, .none, nil, nil, nil), Row(.getSSHKey, .none, nil, nil, nil),
        Row(.addSSHKey, .none, nil, nil, nil), Row(.removeSSHKey, .none, nil, nil, nil),
        // An operation that concerns something is never allowed without it.
        Row(.getUser, .none, .forbidden, .forbidden, .forbidden),
        Row(.listTenantRoles, .none, .forbidden, .forbidden, .forbidden),
    ]

    @Test("the table says who may", arguments: table)
    func decides(row: Row) {
        for (caller, outcome) in zip(Self.callers, row.outcomes) {
            var refusal: IdentityRefusal?
            do {
                try AccessPolicy.check(row.operation, by: caller, on: row.subject)
            } catch {
                refusal = error
            }
            #expect(refusal == outcome, "\(row.operation) by \(caller.email)")
        }
    }

    @Test("every operation has a row", arguments: Operation.allCases)
    func complete(operation: Operation) {
        #expect(Self.table.contains { $0.operation == operation })
    }
}
