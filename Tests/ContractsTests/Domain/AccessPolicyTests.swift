import ContractLifecycle
import ContractsDomain
import ContractsFakes
import Identifiers
import Testing

@Suite("Who may do what")
struct AccessPolicyTests {
    static let tenant = TenantID(secondsSince1970: 1)
    static let policy = AccessPolicy(DefaultRoles.catalogue)

    /// The columns of the documents' tables, and what such a user holds today.
    ///
    /// Contract Admin of the documents could also manage members. When that was moved to the role
    /// owner, those users were given both roles. Integrator and Guest were held in the contract.
    enum Column: CaseIterable {
        case tenantAdmin, contractAdmin, member, integrator, guest

        var roles: [String]? {
            switch self {
            case .tenantAdmin: nil
            case .contractAdmin: ["owner", "admin"]
            case .member: ["member"]
            case .integrator: ["integrator"]
            case .guest: ["guest"]
            }
        }
    }

    static func isAllowed(_ call: PublicCall, _ column: Column) -> Bool {
        let actor = AccessPolicy.Actor(
            user: UserID(secondsSince1970: 5), tenant: tenant,
            isTenantAdmin: column == .tenantAdmin)
        let decision = policy.decide(
            call, actor, .init(tenant: tenant, contractRoles: column.roles))
        if case .allowed = decision { return true }
        return false
    }

    /// The table of `spec/001`: Tenant Admin, Contract Admin, Member.
    static let roleTable: [(PublicCall, [Bool])] = [
        (.createContract, [true, false, false]),
        (.getContract, [true, true, true]),
        // "Get contracts" had no entry for Tenant Admin; later, they see all of the tenant.
        (.listContracts, [true, true, true]),
        (.listMembers, [false, true, true]),
        (.listInvites, [false, true, true]),
        (.createInvite, [true, true, false]),
        (.addMember, [true, false, false]),
        (.updateMember, [false, true, false]),
        (.removeMember, [true, true, false]),
        (.deleteContract, [true, false, false]),
    ]

    @Test("the access table of contracts with admins and members holds", arguments: Self.roleTable)
    func adminsAndMembers(call: PublicCall, expected: [Bool]) {
        let columns: [Column] = [.tenantAdmin, .contractAdmin, .member]
        #expect(columns.map { Self.isAllowed(call, $0) } == expected)
    }

    /// The table of `spec/003`: Tenant Admin, Contract Admin, Integrator, Guest.
    static let olderRoleTable: [(PublicCall, [Bool])] = [
        (.createContract, [true, false, false, false]),
        (.getContract, [true, true, true, true]),
        // As above: the later document lets a Tenant Admin see all contracts.
        (.listContracts, [true, true, true, true]),
        (.listMembers, [false, true, true, true]),
        (.listInvites, [false, true, true, true]),
        (.createInvite, [true, true, false, false]),
        // This table ticks Contract Admin, its own text and every later document do not.
        (.addMember, [true, false, false, false]),
        (.updateMember, [false, true, false, false]),
        // This table leaves Tenant Admin out; the later ones do not.
        (.removeMember, [true, true, false, false]),
        (.deleteContract, [true, false, false, false]),
        (.createWorkspace, [false, true, true, true]),
    ]

    @Test(
        "the access table of contracts with integrators and guests holds",
        arguments: Self.olderRoleTable)
    func integratorsAndGuests(call: PublicCall, expected: [Bool]) {
        let columns: [Column] = [.tenantAdmin, .contractAdmin, .integrator, .guest]
        #expect(columns.map { Self.isAllowed(call, $0) } == expected)
    }

    /// What the tables leave out, by the columns of the first: Tenant Admin, Contract Admin,
    /// Member.
    static let furtherTable: [(PublicCall, [Bool])] = [
        (.updateContract, [true, true, false]),
        (.planDeletion, [true, false, false]),
        (.listAudit, [true, false, false]),
        (.listMailTemplates, [true, false, false]),
        (.updateMailTemplate, [true, false, false]),
        (.resetMailTemplate, [true, false, false]),
        (.listWebhooks, [true, false, false]),
        (.createWebhook, [true, false, false]),
        (.getWebhook, [true, false, false]),
        (.updateWebhook, [true, false, false]),
        (.deleteWebhook, [true, false, false]),
        (.listWebhookDeliveries, [true, false, false]),
        (.suspendContract, [true, false, false]),
        (.unsuspendContract, [true, false, false]),
        (.explainPermissions, [true, true, true]),
        (.updateInvite, [true, true, false]),
        (.resendInvite, [true, true, false]),
        (.revokeInvite, [true, true, false]),
        (.listRoles, [true, true, true]),
        (.listWorkspaces, [true, true, true]),
        (.createTeam, [true, true, false]),
        (.listTeams, [true, true, true]),
        (.getTeam, [true, true, true]),
        (.updateTeam, [true, true, false]),
        (.deleteTeam, [true, true, false]),
        (.listTeamMembers, [true, true, true]),
        (.addTeamMember, [true, true, false]),
        (.removeTeamMember, [true, true, false]),
    ]

    @Test("so do the rows that the documents leave out", arguments: Self.furtherTable)
    func furtherRows(call: PublicCall, expected: [Bool]) {
        let columns: [Column] = [.tenantAdmin, .contractAdmin, .member]
        #expect(columns.map { Self.isAllowed(call, $0) } == expected)
    }

    /// In a workspace: Tenant Admin, its owner, admin, integrator and guest, and an owner and a
    /// member of the contract who are not in it.
    static let workspaceTable: [(PublicCall, [Bool])] = [
        (.getWorkspace, [true, true, true, true, true, true, false]),
        (.updateWorkspace, [true, true, true, false, false, false, false]),
        (.deleteWorkspace, [true, true, true, false, false, true, false]),
        (.listWorkspaceMembers, [true, true, true, true, true, true, false]),
        (.addWorkspaceMember, [true, true, true, false, false, false, false]),
        (.updateWorkspaceMember, [true, true, true, false, false, false, false]),
        (.removeWorkspaceMember, [true, true, true, false, false, false, false]),
        (.listWorkspaceInvites, [true, true, true, true, true, true, false]),
        (.createWorkspaceInvite, [true, true, true, false, false, false, false]),
        (.revokeWorkspaceInvite, [true, true, true, false, false, false, false]),
        (.listWorkspaceRoles, [true, true, true, true, true, true, false]),
    ]

    @Test("in a workspace its own roles decide", arguments: Self.workspaceTable)
    func workspaceRows(call: PublicCall, expected: [Bool]) {
        let standings: [([String]?, [String]?)] = [
            (nil, nil), (["member"], ["owner"]), (["member"], ["admin"]),
            (["member"], ["integrator"]), (["member"], ["guest"]), (["owner"], nil),
            (["member"], nil),
        ]
        let found = standings.map { contract, workspace in
            let actor = AccessPolicy.Actor(
                user: UserID(secondsSince1970: 5), tenant: Self.tenant,
                isTenantAdmin: contract == nil)
            let decision = Self.policy.decide(
                call, actor,
                .init(tenant: Self.tenant, contractRoles: contract, workspaceRoles: workspace))
            if case .allowed = decision { return true }
            return false
        }
        #expect(found == expected)
    }

    @Test("every call stands in one of the tables")
    func tablesAreComplete() {
        let rows = Self.roleTable + Self.olderRoleTable + Self.furtherTable + Self.workspaceTable
        // Whoever has the token may do these, whatever else they are.
        let byToken: Set<PublicCall> = [.getInvite, .acceptInvite]
        #expect(Set(rows.map(\.0)).union(byToken) == Set(PublicCall.allCases))
    }

    @Test("to a stranger and to another tenant's admin there is no such contract")
    func strangers() {
        for call in PublicCall.allCases where call.rule.act != .outside {
            let stranger = AccessPolicy.Actor(
                user: UserID(secondsSince1970: 5), tenant: Self.tenant, isTenantAdmin: false)
            let decision = Self.policy.decide(
                call, stranger, .init(tenant: Self.tenant, contractRoles: nil))
            #expect(decision == .notFound, "\(call)")
            let foreign = AccessPolicy.Actor(
                user: UserID(secondsSince1970: 5), tenant: TenantID(secondsSince1970: 2),
                isTenantAdmin: true)
            let other = Self.policy.decide(
                call, foreign, .init(tenant: Self.tenant, contractRoles: ["owner"]))
            #expect(other == .notFound, "\(call)")
        }
    }

    @Test("a Tenant Admin who is also a member keeps a member's rights")
    func tenantAdminAsMember() {
        let actor = AccessPolicy.Actor(
            user: UserID(secondsSince1970: 5), tenant: Self.tenant, isTenantAdmin: true)
        for call in [PublicCall.listMembers, .updateMember, .createWorkspace] {
            let decision = Self.policy.decide(
                call, actor, .init(tenant: Self.tenant, contractRoles: ["owner"]))
            #expect(decision == .allowed(by: "owner"), "\(call)")
        }
    }

    @Test("in a workspace its own roles count, and the contract's for what is the contract's")
    func workspaces() {
        let member = AccessPolicy.Actor(
            user: UserID(secondsSince1970: 5), tenant: Self.tenant, isTenantAdmin: false)
        func decide(
            _ contract: [String]?, _ workspace: [String]?, _ permission: String?
        ) -> AccessPolicy.Decision {
            Self.policy.decide(
                member,
                .init(tenant: Self.tenant, contractRoles: contract, workspaceRoles: workspace),
                permission: permission)
        }
        let edit = "workspaces.flow.edit"
        #expect(decide(["member"], ["integrator"], edit) == .allowed(by: "integrator"))
        #expect(decide(["member"], ["guest"], nil) == .allowed(by: "guest"))
        #expect(decide(["member"], nil, nil) == .notFound)
        #expect(decide(["member"], nil, edit) == .notFound)
        #expect(decide(["owner"], nil, nil) == .allowed(by: "owner"))
        #expect(
            decide(["owner"], nil, "contracts.workspace.delete") == .allowed(by: "owner"))
        #expect(decide(nil, nil, nil) == .notFound)
        guard case .denied = decide(["member"], ["guest"], edit),
            case .denied = decide(["owner"], nil, edit)
        else {
            Issue.record("guests and contract owners edit flows")
            return
        }
    }

    @Test(
        "while suspended, reading and deleting go on; while deleting, only reading the contract",
        arguments: [
            (Act.outside, [true, true, true, true, true, true, true]),
            (.readContract, [true, true, true, true, true, true, true]),
            (.readParts, [true, true, true, false, false, false, false]),
            (.deleteOwnThings, [true, true, true, false, false, false, false]),
            (.write, [true, false, false, false, false, false, false]),
            (.lifecycle, [true, true, true, true, true, true, true]),
        ])
    func acts(act: Act, expected: [Bool]) {
        #expect(ContractState.allCases.map(act.isAllowed) == expected)
    }
}
