import ContractsDomain
import Identifiers
import JSONAPI

/// What the bodies of requests look like.
enum ContractSchemas {
    static let nameRule = TextRule(
        ContractName.expectation, lengths: ContractName.lengths, pattern: ContractName.pattern
    ) { ContractName($0) != nil }

    static let name = Schema.text(nameRule)

    static let roleName = Schema.text(.anything(1...64))
    static let roleNames = Schema.array(roleName, counts: 1...ContractsLimits.rolesMax)

    /// An identifier, or the empty text for none.
    static let optionalUser = Schema.nullable(
        .text(
            TextRule(
                "a user's identifier (24 hexadecimal digits) or empty", lengths: 0...24,
                pattern: "^([0-9a-f]{24})?$"
            ) { $0.isEmpty || UserID($0) != nil }))

    static let availableRoles = Schema.array(
        .object([
            .required("scope", .choice(RoleScope.allCases.map(\.rawValue))),
            .required("role", roleName),
        ]), counts: 0...ContractsLimits.rolesMax)

    static let createContract = Schema.resource(
        "contract",
        attributes: [
            .required("name", name), .optional("support_user_id", optionalUser),
            .optional("available_roles", availableRoles, "Left out or empty: all roles."),
        ])

    static let updateContract = Schema.resource(
        "contract", id: .optional,
        attributes: [
            .optional("name", name), .optional("available_roles", availableRoles),
        ])

    static let suspendContract = Self.command([
        .optional(
            "reason", .nullable(.text(.anything(0...ContractsLimits.reasonCharactersMax)))),
        .optional("until", .nullable(.text(time)), "When the suspension ends by itself."),
    ])

    static let unsuspendContract = Self.command([
        .optional(
            "resume_flows", .boolean,
            "Start the flows that the suspension stopped; otherwise they are started by hand.")
    ])

    /// The members of an order about a contract, plain or as a resource's attributes.
    private static func command(_ members: [Schema.Member]) -> Schema {
        .object(
            members + [
                .optional(
                    "data",
                    .object([
                        .required("type", .choice(["contract"])), .optional("id", .identifier),
                        .optional("attributes", .object(members)),
                    ]))
            ])
    }

    static let member = Schema.resource(
        "contract-member", id: .required,
        attributes: [.optional("role", roleName), .optional("roles", roleNames)])

    static let invite = Schema.resource(
        "contract-invite",
        attributes: [
            .required("email", .email), .optional("role", roleName),
            .optional("roles", roleNames), .optional("workspace_id", .identifier),
            .optional("workspace_role", roleName), .optional("workspace_roles", roleNames),
        ])

    static let accept = Schema.resource(
        "contract-invite", id: .optional,
        attributes: [
            .required("first_name", .text(.anything(1...100))),
            .required("last_name", .text(.anything(1...100))),
            .required("password", .text(.anything(1...1024))),
        ])

    static let workspace = Schema.resource(
        "workspace",
        attributes: [
            .required("name", name), .optional("type", .choice(["full", "limited"])),
        ],
        relationships: [.optional("contract", .linkage("contract"))])

    static let mailTemplate = Schema.resource(
        "email-template",
        attributes: [
            .optional("subject", .text(.anything(1...ContractsLimits.subjectCharactersMax))),
            .optional("text", .text(.anything(1...ContractsLimits.templateCharactersMax))),
            .optional(
                "html", .text(.anything(1...ContractsLimits.templateCharactersMax)),
                "What is put in is escaped."),
            .optional("enabled", .boolean, "Whether such e-mails are sent."),
        ])

    static let updateInvite = Schema.resource(
        "contract-invite", id: .optional,
        attributes: [
            .optional("role", roleName), .optional("roles", roleNames),
            .optional("workspace_id", .nullable(.identifier), "Null: into no workspace."),
            .optional("workspace_role", roleName), .optional("workspace_roles", roleNames),
        ])

    static let updateWorkspace = Schema.resource(
        "workspace", id: .optional,
        attributes: [
            .optional("name", name), .optional("type", .choice(["full", "limited"])),
        ])

    static let workspaceMember = Schema.resource(
        "member", id: .required,
        attributes: [.optional("role", roleName), .optional("roles", roleNames)])

    static let workspaceInvite = Schema.resource(
        "workspace-invite",
        attributes: [
            .required("email", .email), .optional("role", roleName),
            .optional("roles", roleNames), .optional("contract_role", roleName),
            .optional(
                "contract_roles", roleNames, "The roles in the contract; left out: member."),
        ])

    static let team = Schema.resource(
        "team", attributes: [.required("name", name)],
        relationships: [.optional("contract", .linkage("contract"))])

    static let updateTeam = Schema.resource(
        "team", id: .optional, attributes: [.required("name", name)])

    static let teamMember = Schema.resource("user", id: .required)

    static let time = TextRule(
        "a time as RFC 3339 has it, for example 2030-01-31T09:30:00Z", lengths: 20...35,
        format: "date-time"
    ) { CivilTime.milliseconds(rfc3339: $0) != nil }
}
