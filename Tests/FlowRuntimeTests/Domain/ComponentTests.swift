import ContractLifecycle
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import Testing

@Suite("What components and the commands that name them must be")
struct ComponentTests {
    static let id = "0000000c000000000000000c"

    @Test(
        "a command names team, component, function and version, or is none",
        arguments: [
            ("Acme/mailer:send", "Acme mailer send latest"),
            ("Acme/mailer:send@latest", "Acme mailer send latest"),
            ("Ac me_1/m-2:Do_it-1@12", "Ac me_1 m-2 Do_it-1 number(12)"),
            ("Acme/mailer:send@0000000c000000000000000c", "Acme mailer send id"),
            ("core/mailer:send@1", nil), ("/mailer:send", nil), ("Acme/mailer", nil),
            ("Acme:mailer/send", nil), ("Acme/Mailer:send", nil), ("Acme/-m:send", nil),
            ("Acme/mailer:", nil), ("Acme/mailer:se nd", nil), ("Acme/mailer:send@", nil),
            ("Acme/mailer:send@-1", nil), ("Acme/mailer:send@newest", nil),
            ("Acme/mailer:send@99999999999999999999", nil), ("Acme/mailer:s@nd@1", nil),
        ] as [(String, String?)])
    func reads(text: String, parts: String?) {
        let told = CommandName(text).map { name in
            let version =
                switch name.version {
                case .latest: "latest"
                case .number(let number): "number(\(number))"
                case .id: "id"
                }
            return "\(name.team) \(name.component) \(name.function) \(version)"
        }
        #expect(told == parts)
    }

    @Test("a pinned command names its version by id, and reads back as that")
    func pins() throws {
        let id = try #require(ComponentVersionID(Self.id))
        let pinned = try #require(CommandName("Acme/mailer:send@latest")).pinned(to: id)
        #expect(pinned == "Acme/mailer:send@\(Self.id)")
        #expect(CommandName(pinned)?.version == .id(id))
    }

    static let fine = ComponentFunction(
        name: "do", isTrigger: false, title: "t", command: ["python3", "main.py"])

    static func function(_ command: String...) -> ComponentFunction {
        ComponentFunction(name: "do", isTrigger: false, title: "t", command: command)
    }

    static func file(_ path: String, isExecutable: Bool = false) -> BundleDraft.File {
        .init(path: path, content: [1], isExecutable: isExecutable)
    }

    static func command(_ code: String, _ index: Int? = 0) -> [String] {
        ["/component/actions/do/command\(index.map { "/\($0)" } ?? "") \(code)"]
    }

    @Test(
        "a program is one of the system's, or an executable file of the version",
        arguments: [
            (function("python3"), []), (function("/usr/bin/env", "x"), []),
            (function("./run"), []), (function("bin/run"), command("not_executable")),
            (function("./other"), command("unknown_file")), (function(""), command("missing", nil)),
            (function("../run"), command("unknown_file")),
            (function("a", String(repeating: "x", count: 1_025)), command("invalid_value", 1)),
            (function("a", "b\0"), command("invalid_value", 1)),
        ] as [(ComponentFunction, [String])])
    func checksCommands(function: ComponentFunction, faults: [String]) {
        let draft = BundleDraft(
            descriptor: ComponentDescriptor(title: "t", functions: [function]),
            files: [Self.file("run", isExecutable: true), Self.file("bin/run")])
        #expect(draft.faults.map { "\($0.pointer) \($0.code)" } == faults)
    }

    @Test(
        "files have plain paths below the folder, each its own",
        arguments: [
            (["a", "b/c", "b/d.e", ".f"], []), ([""], ["/files/0/path invalid_value"]),
            (["/a"], ["/files/0/path invalid_value"]), (["a/"], ["/files/0/path invalid_value"]),
            (["a/../b"], ["/files/0/path invalid_value"]),
            (["a b"], ["/files/0/path invalid_value"]), (["ä"], ["/files/0/path invalid_value"]),
            (["a", "a"], ["/files/1/path repeated_path"]),
            (["a", "a/b"], ["/files/0/path repeated_path"]),
            (["component.json"], ["/files/0/path repeated_path"]),
            ([String(repeating: "a", count: 256)], ["/files/0/path invalid_value"]),
        ] as [([String], [String])])
    func checksPaths(paths: [String], faults: [String]) {
        let draft = BundleDraft(
            descriptor: ComponentDescriptor(title: "t", functions: [Self.fine]),
            files: paths.map { Self.file($0) })
        #expect(draft.faults.map { "\($0.pointer) \($0.code)" } == faults)
    }

    @Test("functions are neither none nor too many, nor alike, and a bundle is not too large")
    func counts() {
        let many = (0...FlowLimits.functionsMax).map {
            ComponentFunction(name: "f\($0)", isTrigger: false, title: "t", command: ["x"])
        }
        for (functions, faults) in [
            ([], ["/component invalid_value"]), (many, ["/component invalid_value"]),
            (Array(many.dropLast()), []),
            ([Self.fine, Self.fine], ["/component/actions/do repeated_name"]),
        ] {
            let draft = BundleDraft(
                descriptor: ComponentDescriptor(title: "t", functions: functions), files: [])
            #expect(draft.faults.map { "\($0.pointer) \($0.code)" } == faults)
        }
        for (count, faults) in [(1 << 20, []), (1 << 20 + 1, ["/files too_large"])] {
            let content = [UInt8](repeating: 0, count: count)
            let draft = BundleDraft(
                descriptor: ComponentDescriptor(title: "t", functions: [Self.fine]),
                files: [.init(path: "a", content: content, isExecutable: false)])
            #expect(draft.faults.map { "\($0.pointer) \($0.code)" } == faults)
        }
    }

    @Test(
        "uses begin while the owner is active only, and go on while it is suspended",
        arguments: [
            (ContractState.active, UseRule.Decision.allowed, UseRule.Decision.allowed),
            (.suspending, .unavailable, .allowed), (.suspended, .unavailable, .allowed),
            (.preparing, .unavailable, .unavailable), (.scheduled, .unavailable, .unavailable),
            (.deleting, .gone, .gone), (.deleted, .gone, .gone),
        ])
    func decidesUses(
        state: ContractState, begins: UseRule.Decision, goesOn: UseRule.Decision
    ) {
        #expect(UseRule.decide(owner: state, isUsedAlready: false) == begins)
        #expect(UseRule.decide(owner: state, isUsedAlready: true) == goesOn)
    }

    @Test("a graph takes what was found for its commands, and tells what was not")
    func checksGraphs() {
        let trigger = ComponentFunction(
            name: "open", isTrigger: true, title: "t", command: ["x"])
        let found: [String: ComponentFinding] = [
            "A/b:open": .rule(.external("A/b:open", trigger)),
            "A/b:do": .rule(.external("A/b:do", Self.fine)), "A/b:away": .unavailable,
        ]
        func faults(_ commands: [String], _ fields: [String: FieldValue] = [:]) -> [String] {
            let nodes = commands.enumerated().map { index, command in
                FlowNode(id: "n\(index)", command: command, fields: fields)
            }
            let edges = nodes.dropFirst().map { FlowEdge(source: "n0", target: $0.id) }
            return GraphCheck.faults(of: FlowGraph(nodes: nodes, edges: edges), found: found)
                .map { "\($0.pointer) \($0.code)" }
        }
        #expect(faults(["A/b:open", "A/b:do"], ["any": .whole(1)]) == [])
        #expect(faults(["core/webhook:receive", "A/b:do"]) == [])
        #expect(
            faults(["A/b:open", "A/b:away", "A/b:none"])
                == ["/nodes/1/command component_unavailable", "/nodes/2/command unknown_command"])
        #expect(faults(["A/b:open", "A/b:open"]) == ["/nodes/1/command second_trigger"])
        #expect(faults(["A/b:open"], ["auth": .text("key")]) == ["/nodes/0/fields missing"])
        #expect(
            faults(["A/b:open"], ["key": .text("0123456789abcdef")])
                == ["/nodes/0/fields/key invalid_value"])
    }
}
