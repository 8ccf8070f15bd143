import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import TestKit

/// A contract with something of everything, over the public API.
struct World {
    static let ada = "ada@example.com"
    static let bob = "bob@example.com"
    static let eve = "eve@example.com"

    let running: RunningContracts
    let contract: String
    let workspace: String
    let team: String
    let bob: UserID
    let newcomer: UserID
    /// A pending invite into the contract, and its token.
    let invite: String
    let token: String
    /// A pending invite into the workspace.
    let workspaceInvite: String
    let webhook: String

    /// Makes the world: Ada owns and administers, Bob is a member, Eve is a stranger.
    static func make(in running: RunningContracts) async throws -> World {
        let (contract, ada) = try await running.contract()
        running.peers.addPerson(Self.eve)
        let bob = running.peers.addPerson(Self.bob, firstName: "Bob")
        let members = "/v2/contracts/\(contract)/members"
        _ = try await running.request(
            "PATCH", "\(members)/\(ada)", as: Self.ada,
            body: RunningContracts.member(ada.text, ["owner", "admin"]))
        _ = try await running.request(
            "POST", members, body: RunningContracts.member(bob.text, ["member"]))
        let inContract: JSON = [
            "contract": ["data": ["type": "contract", "id": .string(contract)]]
        ]
        let workspace = try await running.request(
            "POST", "/v2/workspaces", as: Self.ada,
            body: Body.of("workspace", ["name": "Orders"], relationships: inContract)
        ).id
        let team = try await running.request(
            "POST", "/v2/teams", as: Self.ada,
            body: Body.of("team", ["name": "Builders"], relationships: inContract)
        ).id
        let invite = try await running.request(
            "POST", "/v2/contracts/\(contract)/invites", as: Self.ada,
            body: Body.of("contract-invite", ["email": "cy@example.com", "role": "member"])
        ).id
        let workspaceInvite = try await running.request(
            "POST", "/v2/workspaces/\(workspace)/invites", as: Self.ada,
            body: Body.of("workspace-invite", ["email": "dora@example.com", "role": "guest"])
        ).id
        let webhook = try await running.request(
            "POST", "/v2/webhooks",
            body: Body.of(
                "webhook", ["url": "https://127.0.0.1:1/", "events": ["contract.created"]])
        ).id
        running.clock.advance(milliseconds: 61_000)
        return World(
            running: running, contract: contract, workspace: workspace, team: team, bob: bob,
            newcomer: running.peers.addPerson("erin@example.com", firstName: "Erin"),
            invite: invite, token: try await running.token(mailedTo: "cy@example.com"),
            workspaceInvite: workspaceInvite, webhook: webhook)
    }
}

/// Bodies of requests.
enum Body {
    static func of(
        _ type: String, id: String? = nil, _ attributes: JSONObject = [:],
        relationships: JSON? = nil
    ) -> JSON {
        var data: JSONObject = ["type": .string(type)]
        data["id"] = id.map { .string($0) }
        if !attributes.isEmpty { data["attributes"] = .object(attributes) }
        data["relationships"] = relationships
        return ["data": .object(data)]
    }
}

/// One request of each operation, with who may make it and how it is answered.
struct Sample: Sendable {
    var call: PublicCall
    var method: String
    var path: String
    var email: String?
    var body: JSON?
    var status: Int

    init(
        _ call: PublicCall, _ method: String, _ path: String, as email: String? = World.ada,
        body: JSON? = nil, status: Int = 200
    ) {
        self.call = call
        self.method = method
        self.path = path
        self.email = email
        self.body = body
        self.status = status
    }
}

extension World {
    /// One request of each operation, in an order in which all succeed.
    var samples: [Sample] {
        self.contractSamples + self.inviteSamples + self.workspaceSamples + self.teamSamples
            + self.webhookSamples + self.lastSamples
    }

    private var contractSamples: [Sample] {
        let path = "/v2/contracts/\(self.contract)"
        let admin = RunningContracts.admin
        return [
            Sample(
                .createContract, "POST", "/v2/contracts", as: admin,
                body: Body.of("contract", ["name": "Another"])),
            Sample(.listContracts, "GET", "/v2/contracts"),
            Sample(.getContract, "GET", path),
            Sample(
                .updateContract, "PATCH", path,
                body: Body.of("contract", id: self.contract, ["name": "Renamed"])),
            Sample(.listRoles, "GET", "\(path)/roles"),
            Sample(.planDeletion, "GET", "\(path)/deletion-plan", as: admin),
            Sample(.listAudit, "GET", "\(path)/audit", as: admin),
            Sample(.listMailTemplates, "GET", "/v2/email-templates", as: admin),
            Sample(
                .updateMailTemplate, "PATCH", "/v2/email-templates/contract-invite", as: admin,
                body: Body.of("email-template", ["subject": "Join {{contract_name}}"])),
            Sample(
                .resetMailTemplate, "DELETE", "/v2/email-templates/contract-invite", as: admin,
                status: 204),
            Sample(.listMembers, "GET", "\(path)/members"),
            Sample(
                .addMember, "POST", "\(path)/members", as: admin,
                body: RunningContracts.member(self.newcomer.text, ["admin"])),
            Sample(
                .updateMember, "PATCH", "\(path)/members/\(self.bob)",
                body: RunningContracts.member(self.bob.text, ["admin"])),
            Sample(.explainPermissions, "GET", "\(path)/members/\(self.bob)/permissions"),
        ]
    }

    private var inviteSamples: [Sample] {
        let path = "/v2/contracts/\(self.contract)/invites"
        let person: JSONObject = [
            "first_name": "Cy", "last_name": "Clone", "password": "correct-horse-1",
        ]
        return [
            Sample(.listInvites, "GET", path),
            Sample(
                .createInvite, "POST", path,
                body: Body.of("contract-invite", ["email": "fay@example.com", "role": "member"])),
            Sample(
                .updateInvite, "PATCH", "\(path)/\(self.invite)",
                body: Body.of("contract-invite", id: self.invite, ["roles": ["admin"]])),
            Sample(.getInvite, "GET", "/v2/invites/\(self.token)", as: nil),
            Sample(
                .acceptInvite, "POST", "/v2/invites/\(self.token)/accept", as: nil,
                body: Body.of("contract-invite", person)),
            Sample(.resendInvite, "POST", "\(path)/\(self.workspaceInvite)/resend"),
        ]
    }

    private var workspaceSamples: [Sample] {
        let path = "/v2/workspaces/\(self.workspace)"
        func member(_ role: JSON) -> JSON {
            Body.of("member", id: self.bob.text, ["role": role])
        }
        let relationships: JSON = [
            "contract": ["data": ["type": "contract", "id": .string(self.contract)]]
        ]
        return [
            Sample(
                .createWorkspace, "POST", "/v2/workspaces",
                body: Body.of("workspace", ["name": "Bills"], relationships: relationships)),
            Sample(.listWorkspaces, "GET", "/v2/workspaces?contract_id=\(self.contract)"),
            Sample(.getWorkspace, "GET", path),
            Sample(
                .updateWorkspace, "PATCH", path, body: Body.of("workspace", ["name": "Renamed"])),
            Sample(.listWorkspaceRoles, "GET", "\(path)/roles"),
            Sample(.listWorkspaceMembers, "GET", "\(path)/members"),
            Sample(.addWorkspaceMember, "POST", "\(path)/members", body: member("guest")),
            Sample(
                .updateWorkspaceMember, "PATCH", "\(path)/members/\(self.bob)",
                body: member("Admin")),
            Sample(
                .removeWorkspaceMember, "DELETE", "\(path)/members/\(self.bob)", status: 204),
            Sample(.listWorkspaceInvites, "GET", "\(path)/invites"),
            Sample(
                .createWorkspaceInvite, "POST", "\(path)/invites",
                body: Body.of("workspace-invite", ["email": "gil@example.com", "role": "guest"])),
        ]
    }

    private var teamSamples: [Sample] {
        let path = "/v2/teams/\(self.team)"
        let relationships: JSON = [
            "contract": ["data": ["type": "contract", "id": .string(self.contract)]]
        ]
        return [
            Sample(
                .createTeam, "POST", "/v2/teams",
                body: Body.of("team", ["name": "Others"], relationships: relationships)),
            Sample(.listTeams, "GET", "/v2/teams?contract_id=\(self.contract)"),
            Sample(.getTeam, "GET", path),
            Sample(.updateTeam, "PATCH", path, body: Body.of("team", ["name": "Makers"])),
            Sample(.listTeamMembers, "GET", "\(path)/members"),
            Sample(
                .addTeamMember, "POST", "\(path)/members",
                body: Body.of("user", id: self.bob.text)),
            Sample(.removeTeamMember, "DELETE", "\(path)/members/\(self.bob)", status: 204),
        ]
    }

    private var webhookSamples: [Sample] {
        let path = "/v2/webhooks/\(self.webhook)"
        let admin = RunningContracts.admin
        return [
            Sample(.listWebhooks, "GET", "/v2/webhooks", as: admin),
            Sample(
                .createWebhook, "POST", "/v2/webhooks", as: admin,
                body: Body.of("webhook", ["url": "https://127.0.0.1:2/"])),
            Sample(.getWebhook, "GET", path, as: admin),
            Sample(
                .updateWebhook, "PATCH", path, as: admin,
                body: Body.of("webhook", id: self.webhook, ["enabled": false])),
            Sample(.listWebhookDeliveries, "GET", "\(path)/deliveries", as: admin),
            Sample(.deleteWebhook, "DELETE", path, as: admin, status: 204),
        ]
    }

    /// What leaves nothing for others to be tried on.
    private var lastSamples: [Sample] {
        let path = "/v2/contracts/\(self.contract)"
        let workspace = "/v2/workspaces/\(self.workspace)"
        let admin = RunningContracts.admin
        return [
            Sample(
                .revokeWorkspaceInvite, "DELETE", "\(workspace)/invites/\(self.workspaceInvite)",
                status: 204),
            Sample(.deleteTeam, "DELETE", "/v2/teams/\(self.team)", status: 204),
            Sample(.deleteWorkspace, "DELETE", workspace, status: 204),
            Sample(.removeMember, "DELETE", "\(path)/members/\(self.bob)", status: 204),
            Sample(.unsuspendContract, "POST", "\(path)/unsuspend", as: admin, status: 204),
            Sample(.suspendContract, "POST", "\(path)/suspend", as: admin, status: 202),
            Sample(.deleteContract, "DELETE", path, as: admin, status: 204),
        ]
    }
}
