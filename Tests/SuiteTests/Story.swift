import Foundation
import JSONAPI

/// The steps that stories about a contract share, each as a client would make it.
struct Story {
    let suite: RunningSuite
    let admin: Client

    init(_ suite: RunningSuite) {
        self.suite = suite
        self.admin = Client(baseURL: suite.baseURL, credentials: suite.admin)
    }

    /// A person who can sign requests.
    struct Person {
        let id: String
        let client: Client
    }

    static let password = "correct-horse-7!"

    func expect(_ answer: Client.Answer, _ status: Int, _ what: String) throws {
        guard answer.status == status else {
            throw SuiteFailure(
                "\(what): \(answer.status) instead of \(status): \(answer.body.text)")
        }
    }

    /// Makes a user and their first API key.
    func person(_ name: String) async throws -> Person {
        let email = "\(name)@example.com"
        let made = try await self.admin.post(
            "/v2/users",
            [
                "data": [
                    "type": "user",
                    "attributes": [
                        "email": .string(email), "first_name": .string(name),
                        "last_name": "Example", "password": .string(Self.password),
                    ],
                ]
            ])
        guard made.status == 200 || made.status == 201 else {
            throw SuiteFailure("creating \(name): \(made.status) \(made.body.text)")
        }
        return Person(id: made.id, client: try await self.withKey(email))
    }

    /// Exchanges a password for an API key.
    func withKey(_ email: String) async throws -> Client {
        let first = Client(
            baseURL: self.suite.baseURL,
            credentials: .init(email: email, secret: Self.password))
        let answer = try await first.post("/v2/users/me/generate-api-key")
        try self.expect(answer, 200, "generating a key for \(email)")
        guard let key = answer["api_key"]?.string else {
            throw SuiteFailure("no key: \(answer.body.text)")
        }
        return Client(
            baseURL: self.suite.baseURL, credentials: .init(email: email, secret: key))
    }

    /// Makes a contract with its first owner.
    func contract(_ name: String, owner: Person) async throws -> String {
        let made = try await self.admin.post(
            "/v2/contracts",
            ["data": ["type": "contract", "attributes": ["name": .string(name)]]])
        try self.expect(made, 200, "creating contract \(name)")
        let member = try await self.admin.post(
            "/v2/contracts/\(made.id)/members",
            [
                "data": [
                    "type": "contract-member", "id": .string(owner.id),
                    "attributes": ["roles": ["owner"]],
                ]
            ])
        try self.expect(member, 200, "adding the owner")
        return made.id
    }

    func workspace(in contract: String, by person: Person) async throws -> String {
        let made = try await person.client.post(
            "/v2/workspaces",
            [
                "data": [
                    "type": "workspace", "attributes": ["name": "My first Workspace"],
                    "relationships": [
                        "contract": ["data": ["id": .string(contract), "type": "contract"]]
                    ],
                ]
            ])
        try self.expect(made, 200, "creating a workspace")
        return made.id
    }

    /// Makes and starts a flow: webhook, then a jq transform, then an HTTP request to `url`.
    func runningFlow(in workspace: String, to url: String, by person: Person) async throws -> String
    {
        let made = try await person.client.post(
            "/v2/flows",
            [
                "data": [
                    "type": "flow",
                    "attributes": [
                        "name": "Orders to the warehouse", "type": "ordinary",
                        "graph": Self.graph(to: url),
                    ],
                    "relationships": [
                        "workspace": ["data": ["id": .string(workspace), "type": "workspace"]]
                    ],
                ]
            ])
        guard made.status == 200 || made.status == 201 else {
            throw SuiteFailure("creating a flow: \(made.status) \(made.body.text)")
        }
        try self.expect(
            try await person.client.post("/v2/flows/\(made.id)/start"), 202, "starting the flow")
        _ = try await person.client.poll("/v2/flows/\(made.id)") {
            $0["current_status"] == "running"
        }
        return made.id
    }

    func hook(_ flow: String, _ body: JSON) async throws -> Client.Answer {
        try await Client(baseURL: self.suite.baseURL, credentials: nil).post("/hook/\(flow)", body)
    }

    /// Waits until a deletion is done and gives its last view.
    func deletionDone(_ location: String) async throws -> Client.Answer {
        try await self.admin.poll(location) { $0["state"] == "done" }
    }

    private static func graph(to url: String) -> JSON {
        [
            "nodes": [
                ["id": "step_1", "command": "core/webhook:receive", "fields": [:]],
                [
                    "id": "step_2", "command": "core/transform:jq",
                    "fields": ["expression": "{order: .body.order}"],
                ],
                [
                    "id": "step_3", "command": "core/http-request:send",
                    "fields": ["method": "POST", "url": .string(url)],
                ],
            ],
            "edges": [
                ["source": "step_1", "target": "step_2"],
                ["source": "step_2", "target": "step_3"],
            ],
        ]
    }
}
