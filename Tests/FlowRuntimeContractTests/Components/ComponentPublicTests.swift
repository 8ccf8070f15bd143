import ContractLifecycle
import FlowRuntimeAPI
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("The public side of components")
struct ComponentPublicTests {
    @Test("a component is made, shown, opened to the tenant for ever, listed and deleted")
    func life() async throws {
        try await RunningRuntime.with { runtime in
            let made = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.builder,
                body: ComponentBodies.component())
            #expect(made.status == 200)
            #expect(made.attributes["access"] == "team")
            #expect(made.attributes["team_name"] == "Acme")
            #expect(made.attributes["latest_version"] == .null)
            let path = "/v2/components/\(made.id)"
            let opened = try await runtime.request(
                "PATCH", path, as: RunningRuntime.builder,
                body: ComponentBodies.change("access", "tenant"), fields: ["if-match": "\"1\""])
            #expect(opened.attributes["access"] == "tenant")
            #expect(opened.fields.first("etag") == "\"2\"")
            let stale = try await runtime.request(
                "PATCH", path, as: RunningRuntime.builder,
                body: ComponentBodies.change("description", "d"), fields: ["if-match": "\"1\""])
            #expect(stale.status == 412)
            let closed = try await runtime.request(
                "PATCH", path, as: RunningRuntime.builder,
                body: ComponentBodies.change("access", "team"))
            #expect(closed.errors == ["access_irreversible /data/attributes/access"])
            let list = try await runtime.request(
                "GET", "/v2/components?contract_id=000000040000000000000044",
                as: RunningRuntime.neighbour)
            #expect(list.json["data"]?.array?.map { $0["id"]?.string } == [made.id])
            let own = try await runtime.request(
                "GET", "/v2/components?contract_id=000000040000000000000004&filter[access]=team",
                as: RunningRuntime.guest)
            #expect(own.json["meta"]?["total"] == 0)
            let gone = try await runtime.request("DELETE", path, as: RunningRuntime.builder)
            #expect(gone.status == 204)
            let shown = try await runtime.request("GET", path, as: RunningRuntime.builder)
            #expect(shown.status == 404)
        }
    }

    @Test("a team with components is not closed, and in a closed one none is made")
    func teams() async throws {
        try await RunningRuntime.with { runtime in
            let request = CloseTeam(
                contract: try #require(RunningRuntime.contract),
                team: try #require(TeamID("0000000b000000000000000b")))
            let made = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.builder,
                body: ComponentBodies.component())
            let component = try #require(ComponentID(made.id))
            let inUse = try await runtime.call(request, as: "contracts")
            #expect(inUse == .inUse(components: [component], total: 1))
            let gone = try await runtime.request(
                "DELETE", "/v2/components/\(made.id)", as: RunningRuntime.builder)
            #expect(gone.status == 204)
            for _ in 0..<2 {
                #expect(try await runtime.call(request, as: "contracts") == .closed)
            }
            let refused = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.builder,
                body: ComponentBodies.component())
            #expect(refused.status == 404)
            #expect(refused.errors == ["not_found"])
        }
    }

    @Test("versions are numbered, never change, and are deleted when nothing uses them")
    func versions() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", in: runtime)
            let second = try await ComponentBodies.version("counter", of: component, in: runtime)
            let path = "/v2/components/\(component)/versions"
            let list = try await runtime.request("GET", path, as: RunningRuntime.guest)
            let numbers = list.json["data"]?.array?.map { $0["attributes"]?["version_number"] }
            #expect(numbers == [2, 1])
            let shown = try await runtime.request(
                "GET", "\(path)/\(second)", as: RunningRuntime.guest)
            #expect(shown.attributes["component"]?["title"] == "Counter")
            let file = shown.attributes["files"]?.array?.first
            #expect(file?["path"] == "counter.sh")
            #expect(file?["executable"] == true)
            #expect(file?["sha256"]?.string?.count == 64)
            let deleted = try await runtime.request(
                "DELETE", "\(path)/\(second)", as: RunningRuntime.builder)
            #expect(deleted.status == 204)
            _ = try await ComponentBodies.version("counter", of: component, in: runtime)
            let again = try await runtime.request(
                "GET", "/v2/components/\(component)", as: RunningRuntime.guest)
            #expect(again.attributes["latest_version"] == 3, "a number is never given again")
            _ = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder,
                body: ComponentBodies.flow("Acme/greeter:count@3"))
            let third = try await runtime.request("GET", path, as: RunningRuntime.guest)
            let id = try #require(third.json["data"]?.array?.first?["id"]?.string)
            let used = try await runtime.request(
                "DELETE", "\(path)/\(id)", as: RunningRuntime.builder)
            #expect(used.errors == ["component_in_use"])
        }
    }

    @Test("all faults of a bundle are told at once, with their places")
    func faults() async throws {
        let body = """
            {"data":{"type":"component-version","attributes":{"component":{"title":"t",
            "triggers":{"a":{"title":"a","command":["./x.sh"]}},
            "actions":{"a":{"title":"a","command":["python3"]}}},
            "files":[{"path":"../x","content":"!","encoding":"base64"},{"path":"b","content":""},
            {"path":"b/c","content":""},{"path":"component.json","content":""}]}}}
            """
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", in: runtime)
            let answer = try await runtime.request(
                "POST", "/v2/components/\(component)/versions", as: RunningRuntime.builder,
                body: body)
            #expect(answer.status == 400)
            #expect(
                answer.errors == [
                    "unknown_file /data/attributes/component/triggers/a/command/0",
                    "repeated_name /data/attributes/component/actions/a",
                    "invalid_value /data/attributes/files/0/path",
                    "invalid_value /data/attributes/files/0/content",
                    "repeated_path /data/attributes/files/1/path",
                    "repeated_path /data/attributes/files/3/path",
                ])
        }
    }

    @Test(
        "a command that is not there and one that may not be seen are one and the same fault",
        arguments: [
            "Acme/greeter:greet", "Acme/greeter:greet@1", "Acme/nothing:greet", "Nobody/x:y",
            "Acme/greeter:greet@000000000000000000000000", "Acme/greeter", "core/greeter:greet",
        ])
    func hides(command: String) async throws {
        try await RunningRuntime.with { runtime in
            _ = try await ComponentBodies.make("greeter", in: runtime)
            let answer = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.neighbour,
                body: ComponentBodies.flow(command, in: ComponentBodies.otherWorkspace))
            #expect(answer.status == 400)
            #expect(
                answer.errors == ["unknown_command /data/attributes/graph/nodes/1/command"])
            let unknown = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.neighbour,
                body: ComponentBodies.flow("Un/known:thing", in: ComponentBodies.otherWorkspace))
            #expect(answer.json["errors"] == unknown.json["errors"])
        }
    }

    @Test("a stranger sees nothing, a guest only looks, a neighbour sees what is open to all")
    func authorisation() async throws {
        try await RunningRuntime.with { runtime in
            let closed = try await ComponentBodies.make("greeter", in: runtime)
            let open = try await ComponentBodies.make("counter", access: "tenant", in: runtime)
            for (path, method) in [
                ("", "GET"), ("", "DELETE"), ("/versions", "GET"),
                ("/versions/000000000000000000000000", "DELETE"),
            ] {
                for (who, component, status) in [
                    (RunningRuntime.stranger, closed, 404), (RunningRuntime.neighbour, closed, 404),
                    (RunningRuntime.guest, closed, method == "GET" ? 200 : 403),
                    (RunningRuntime.neighbour, open, method == "GET" ? 200 : 403),
                ] {
                    let answer = try await runtime.request(
                        method, "/v2/components/\(component)\(path)", as: who)
                    #expect(answer.status == status, "\(who) \(method) \(path)")
                }
            }
            let strange = try await runtime.request(
                "GET", "/v2/components?contract_id=000000040000000000000004",
                as: RunningRuntime.neighbour)
            #expect(strange.status == 404)
            let made = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.neighbour,
                body: ComponentBodies.component("mine"))
            #expect(made.errors == ["not_found"])
            let guest = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.guest,
                body: ComponentBodies.component("mine"))
            #expect(guest.status == 403)
        }
    }

    @Test("names are kept apart, and nothing is made while the contract is suspended")
    func refuses() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", in: runtime)
            for (body, errors) in [
                (ComponentBodies.component("greeter"), ["component_name_taken"]),
                (ComponentBodies.component("Greeter"), ["invalid_value /data/attributes/name"]),
                (
                    ComponentBodies.component("other", access: "global"),
                    ["invalid_value /data/attributes/access"]
                ),
                (ComponentBodies.component("x", team: "0000000b00000000000000bb"), ["not_found"]),
            ] {
                let answer = try await runtime.request(
                    "POST", "/v2/components", as: RunningRuntime.builder, body: body)
                #expect(answer.errors == errors)
            }
            _ = try await Commands.apply(3, .suspended, in: runtime)
            let made = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.builder,
                body: ComponentBodies.component("other"))
            #expect(made.errors == ["contract_suspended"])
            let version = try await runtime.request(
                "POST", "/v2/components/\(component)/versions", as: RunningRuntime.builder,
                body: try ExampleComponents.read("greeter").version)
            #expect(version.errors == ["contract_suspended"])
            let gone = try await runtime.request(
                "DELETE", "/v2/components/\(component)", as: RunningRuntime.builder)
            #expect(gone.status == 204)
        }
    }
}
