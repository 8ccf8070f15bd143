import FlowRuntimeDomain
import Testing

/// Graphs, each with the faults it has.
enum GraphCases {
    static let hook = FlowNode(id: "hook", command: "core/webhook:receive")
    static let shape = FlowNode(
        id: "shape", command: "core/transform:jq", fields: ["expression": .text(".")])
    static let send = FlowNode(
        id: "send", command: "core/http-request:send",
        fields: ["url": .text("https://example.com/")])
    static let toShape = FlowEdge(source: "hook", target: "shape")
    static let toSend = FlowEdge(source: "shape", target: "send")

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var graph: FlowGraph
        var faults: [String]

        init(_ about: String, _ nodes: [FlowNode], _ edges: [FlowEdge], _ faults: [String]) {
            self.testDescription = about
            self.graph = FlowGraph(nodes: nodes, edges: edges)
            self.faults = faults
        }
    }

    static func node(_ command: String, _ fields: [String: FieldValue]) -> FlowNode {
        FlowNode(id: "x", command: command, fields: fields)
    }

    static let shapes = [
        Case("a chain is good", [hook, shape, send], [toShape, toSend], []),
        Case("a trigger alone is good", [hook], [], []),
        Case("no steps", [], [], ["/nodes invalid_value", "/nodes trigger_missing"]),
        Case(
            "two triggers", [hook, FlowNode(id: "b", command: hook.command)], [],
            ["/nodes/1/command second_trigger"]),
        Case("no trigger", [shape], [], ["/nodes trigger_missing"]),
        Case(
            "an id twice", [hook, shape, shape], [toShape], ["/nodes/2/id repeated_id"]),
        Case(
            "an id that is none", [FlowNode(id: "a b", command: hook.command)], [],
            ["/nodes/0/id invalid_value"]),
        Case(
            "a command nobody knows", [hook, FlowNode(id: "x", command: "core/magic:do")],
            [FlowEdge(source: "hook", target: "x")], ["/nodes/1/command unknown_command"]),
        Case(
            "edges from and to nowhere", [hook], [FlowEdge(source: "a", target: "b")],
            ["/edges/0/source unknown_step", "/edges/0/target unknown_step"]),
        Case(
            "an edge to the trigger", [hook, shape],
            [toShape, FlowEdge(source: "shape", target: "hook")],
            ["/edges/1/target invalid_value"]),
        Case("an edge twice", [hook, shape], [toShape, toShape], ["/edges/1 repeated_edge"]),
        Case(
            "a circle", [hook, shape, send],
            [toShape, toSend, FlowEdge(source: "send", target: "shape")], ["/edges cycle"]),
        Case(
            "an edge to itself", [hook, shape],
            [toShape, FlowEdge(source: "shape", target: "shape")], ["/edges cycle"]),
        Case(
            "a step that nothing leads to", [hook, shape, send], [toShape],
            ["/nodes/2 unreachable_step"]),
        Case(
            "programs that are empty", [hook, shape],
            [FlowEdge(source: "hook", target: "shape", mapper: "", condition: "")],
            ["/edges/0/config/mapper invalid_value", "/edges/0/config/condition invalid_value"]),
        Case(
            "many faults at once", [hook, FlowNode(id: "hook", command: "core/transform:jq")],
            [FlowEdge(source: "hook", target: "z")],
            ["/nodes/1/id repeated_id", "/nodes/1/fields missing", "/edges/0/target unknown_step"]),
    ]

    static let fields = [
        Case(
            "a key that is missing", [node("core/webhook:receive", ["auth": .text("key")])], [],
            ["/nodes/0/fields missing"]),
        Case(
            "a key that is short",
            [node("core/webhook:receive", ["auth": .text("key"), "key": .text("short")])], [],
            ["/nodes/0/fields/key invalid_value"]),
        Case(
            "a key of no use",
            [node("core/webhook:receive", ["key": .text("0123456789abcdef")])], [],
            ["/nodes/0/fields/key invalid_value"]),
        Case(
            "a way to prove oneself that is not offered",
            [node("core/webhook:receive", ["auth": .text("hmac")])], [],
            ["/nodes/0/fields/auth invalid_value"]),
        Case(
            "a setting nobody knows",
            [node("core/webhook:receive", ["colour": .text("red")])], [],
            ["/nodes/0/fields/colour unknown_member"]),
    ]

    static let requests: [([String: FieldValue], [String])] = [
        (["url": .text("https://example.com/a?b=c")], []),
        (["url_expression": .text(".url"), "method": .text("PUT")], []),
        ([:], [" missing"]),
        (["url": .text("https://a/"), "url_expression": .text(".")], [" invalid_value"]),
        (["url": .text("ftp://example.com/")], ["/url invalid_value"]),
        (["url": .text("https://user@example.com/")], ["/url invalid_value"]),
        (["url": .text("https:///path")], ["/url invalid_value"]),
        (["url": .text("https://a b/")], ["/url invalid_value"]),
        (["url": .whole(1)], ["/url invalid_value"]),
        (["url": .text("https://a/"), "method": .text("TRACE")], ["/method invalid_value"]),
        (["url": .text("https://a/"), "timeout_ms": .whole(0)], ["/timeout_ms invalid_value"]),
        (["url": .text("https://a/"), "timeout_ms": .whole(60_000)], []),
        (
            [
                "url": .text("https://a/"),
                "headers": .map(["x-a": .text("b"), "Host": .text("c")]),
            ],
            ["/headers/Host reserved_header"]
        ),
        (
            ["url": .text("https://a/"), "headers": .map(["a/b": .text("c"), "d": .whole(1)])],
            ["/headers/a~1b invalid_value", "/headers/d invalid_value"]
        ),
        (
            ["url": .text("https://a/"), "headers": .map(["a": .text("b\r\nc: d")])],
            ["/headers/a invalid_value"]
        ),
    ]
}

@Suite("What a flow's graph must be")
struct GraphCheckTests {
    private static func told(_ graph: FlowGraph, keepsKey: Bool = false) -> [String] {
        GraphCheck.faults(of: graph, keepsKey: keepsKey).map { "\($0.pointer) \($0.code)" }
    }

    @Test("every fault of a shape is found, each with its place", arguments: GraphCases.shapes)
    func findsShapes(_ example: GraphCases.Case) {
        #expect(Self.told(example.graph) == example.faults)
    }

    @Test("every fault of a webhook's settings is found", arguments: GraphCases.fields)
    func findsWebhooks(_ example: GraphCases.Case) {
        #expect(Self.told(example.graph) == example.faults)
    }

    @Test("every fault of a request's settings is found", arguments: GraphCases.requests)
    func findsRequests(fields: [String: FieldValue], faults: [String]) {
        let send = GraphCases.node("core/http-request:send", fields)
        let graph = FlowGraph(
            nodes: [GraphCases.hook, send], edges: [FlowEdge(source: "hook", target: "x")])
        #expect(Self.told(graph) == faults.map { "/nodes/1/fields\($0)" })
    }

    @Test("a key that the flow has already need not be given again")
    func keepsKey() {
        let hook = GraphCases.node("core/webhook:receive", ["auth": .text("key")])
        #expect(Self.told(FlowGraph(nodes: [hook], edges: []), keepsKey: true).isEmpty)
    }

    @Test("where components cannot be looked up, nothing is told of what depends on them")
    func openCommands() {
        let own = FlowNode(id: "own", command: "team/thing:run")
        let wrong = FlowNode(id: "wrong", command: "core/nothing:at-all")
        let graph = FlowGraph(
            nodes: [own, wrong], edges: [FlowEdge(source: "own", target: "wrong")])
        func told(_ graph: FlowGraph) -> [String] {
            GraphCheck.faults(of: graph, found: nil).map { "\($0.pointer) \($0.code)" }
        }
        #expect(told(graph) == ["/nodes/1/command unknown_command"])
        #expect(told(FlowGraph(nodes: [own], edges: [])) == [])
        #expect(told(FlowGraph(nodes: [wrong], edges: [])).contains("/nodes trigger_missing"))
        #expect(
            Self.told(FlowGraph(nodes: [own], edges: [])) == [
                "/nodes/0/command unknown_command", "/nodes trigger_missing",
            ])
    }

    @Test("there may be so many steps and no more")
    func counts() {
        let steps = (0..<FlowLimits.nodesMax).map { index in
            index == 0
                ? GraphCases.hook
                : FlowNode(
                    id: "n\(index)", command: "core/transform:jq",
                    fields: ["expression": .text(".")])
        }
        let edges = steps.dropFirst().map { FlowEdge(source: "hook", target: $0.id) }
        #expect(Self.told(FlowGraph(nodes: steps, edges: edges)).isEmpty)
        let more = steps + [FlowNode(id: "more", command: "core/transform:jq")]
        #expect(Self.told(FlowGraph(nodes: more, edges: edges)) == ["/nodes invalid_value"])
    }

    @Test("steps run after those they take messages from, else as written")
    func orders() {
        let nodes = ["d", "b", "c", "a"].map { FlowNode(id: $0, command: "x") }
        let edges = [("a", "b"), ("b", "c"), ("a", "d"), ("c", "d")].map {
            FlowEdge(source: $0.0, target: $0.1)
        }
        #expect(StepOrder.of(FlowGraph(nodes: nodes, edges: edges)) == [3, 1, 2, 0])
    }
}
