import Foundation
import JSONAPI
import TestKit
import Testing

@Suite("The description of the whole public API is true of a running suite", .serialized)
struct SchemaFuzzTests {
    /// Operations that would take away what the fuzzer signs in with.
    static let excluded = "generate-api-key|/v2/sessions"

    /// The edge itself answers 501 to methods it does not know: only those it knows are tried.
    static let configuration = """
        [phases.coverage]
        unexpected-methods = ["PUT", "PATCH", "DELETE"]
        """

    /// A round over every shape that the description allows, and some that it does not.
    static let everywhere = ["--phases", "examples,coverage,fuzzing", "--max-examples", "4"]
    /// A round over what is there, which must stay.
    static let atHome = [
        "--phases", "fuzzing", "--max-examples", "25", "--exclude-method", "DELETE",
    ]

    /// How many requests are made at the least; `COVENANT_FUZZ_REQUESTS` asks for more.
    static let requestsMin =
        ProcessInfo.processInfo.environment["COVENANT_FUZZ_REQUESTS"].flatMap { Int($0) } ?? 10_000

    @Test(
        "schemathesis finds no failure of the server and no answer beside the schema",
        .timeLimit(.minutes(Self.requestsMin > 10_000 ? 60 : 5)))
    func fuzz() async throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["COVENANT_PYTHON"], "deploy/test sets it")
        try await RunningSuite.run { suite in
            let visitor = Client(baseURL: suite.baseURL, credentials: nil)
            let document = try await visitor.get("/v2/openapi.json")
            #expect(document.status == 200)
            try await Self.isRouted(document.body, visitor)
            let places = try await Self.places(in: suite)
            var requests = 0
            var round = 0
            while requests < Self.requestsMin || round < 2 {
                round += 1
                // In every other round what paths name is there: bodies get as far as they can.
                let isAtHome = round.isMultiple(of: 2)
                let file = suite.data.appending(path: "schemathesis-\(round).toml")
                let text = Self.configuration + (isAtHome ? Self.parameters(places) : "")
                try Data(text.utf8).write(to: file)
                let result = try await ProgramRun.result(
                    of: python,
                    Self.arguments(suite, seed: round, configuration: file.path)
                        + (isAtHome ? Self.atHome : Self.everywhere))
                try #require(
                    result.status == 0,
                    "round \(round): \(result.text.suffix(8_000))\n\(result.errors)")
                let told = try #require(
                    result.text.firstMatch(of: #/([0-9]+) generated/#), "\(result.text)")
                requests += try #require(Int(told.output.1))
            }
            print("schema fuzz: \(requests) requests in \(round) rounds, all as described")
        }
    }

    private static func arguments(
        _ suite: RunningSuite, seed: Int, configuration: String
    ) -> [String] {
        [
            "-m", "schemathesis.cli", "--config-file", configuration, "run",
            "\(suite.baseURL)/v2/openapi.json",
            "--auth", "\(suite.admin.email):\(suite.admin.secret)", "--seed", "\(seed)",
            "--workers", "1", "--no-shrink", "--suppress-health-check", "all",
            "--continue-on-failure", "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,"
                + "response_schema_conformance",
            "--warnings", "off", "--exclude-path-regex", Self.excluded,
        ]
    }

    /// Things that paths can name, made by the Tenant Admin, who is a member of the contract.
    private static func places(in suite: RunningSuite) async throws -> [String: String] {
        let story = Story(suite)
        let admin = Story.Person(
            id: try await story.admin.get("/v2/users/me").id, client: story.admin)
        let contract = try await story.contract("Tried", owner: admin)
        func make(_ path: String, _ type: String, _ attributes: JSON, in parent: (String, String)?)
            async throws -> String
        {
            var data: JSONObject = ["type": .string(type), "attributes": attributes]
            if let (kind, id) = parent {
                data["relationships"] = [
                    kind: ["data": ["type": .string(kind), "id": .string(id)]]
                ]
            }
            let made = try await story.admin.post(path, ["data": .object(data)])
            guard (200..<300).contains(made.status) else {
                throw SuiteFailure("\(path): \(made.status) \(made.body.text)")
            }
            return made.id
        }
        let workspace = try await story.workspace(in: contract, by: admin)
        let team = try await make(
            "/v2/teams", "team", ["name": "Makers"], in: ("contract", contract))
        let tenants = try await story.admin.get("/v2/tenants")
        let graph: JSON = [
            "nodes": [["id": "hook", "command": "core/webhook:receive"]], "edges": [],
        ]
        return [
            "contract_id": contract, "workspace_id": workspace, "team_id": team,
            "user_id": try await story.person("tried").id,
            "tenant_id": tenants.body["data"]?.array?.first?["id"]?.string ?? "",
            "invite_id": try await make(
                "/v2/contracts/\(contract)/invites", "contract-invite",
                ["email": "invited@example.com", "role": "member"], in: nil),
            "webhook_id": try await make(
                "/v2/webhooks", "webhook",
                ["url": "https://127.0.0.1:1/", "events": ["contract.created"]], in: nil),
            "component_id": try await make(
                "/v2/components", "component", ["name": "tried"], in: ("team", team)),
            "flow_id": try await make(
                "/v2/flows", "flow", ["name": "Tried", "graph": graph],
                in: ("workspace", workspace)),
        ]
    }

    /// What the fuzzer is to put into paths.
    private static func parameters(_ places: [String: String]) -> String {
        let lines = places.sorted { $0.key < $1.key }.map {
            "\"path.\($0.key)\" = \"\($0.value)\"\n"
        }
        return "\n[parameters]\n\(lines.joined())"
    }

    /// The address of the suite leads to every path that is described.
    private static func isRouted(_ document: JSON, _ visitor: Client) async throws {
        let paths = document["paths"]?.object?.members ?? []
        #expect(paths.count > 30)
        for (place, item) in paths.map({ ($0.name, $0.value) }) {
            let path = place.replacing(#/\{[a-z_]+\}/#, with: "5b87aded2dfb980011537690")
            let method = item.object?.names.first ?? "get"
            let answer = try await visitor.send(method.uppercased(), path)
            let detail = answer.body["errors"]?.array?.first?["detail"]?.string ?? ""
            #expect(!detail.hasPrefix("There is nothing at"), "\(method) \(place)")
        }
    }
}
