/// What was found for a command that names a function of a component.
package enum ComponentFinding: Hashable, Sendable {
    /// A function that the flow may use.
    case rule(CommandRule)
    /// A function that the flow could use, were it not for the state of the component's contract.
    case unavailable
}

/// Finds everything that is wrong with a graph.
package struct GraphCheck {
    private let graph: FlowGraph
    private let keepsKey: Bool
    private let found: [String: ComponentFinding]?
    private var faults: [GraphFault] = []

    private init(_ graph: FlowGraph, keepsKey: Bool, found: [String: ComponentFinding]?) {
        self.graph = graph
        self.keepsKey = keepsKey
        self.found = found
    }

    /// Every fault, in the order of the graph; a graph without any can be run.
    ///
    /// - Parameters:
    ///   - keepsKey: whether the flow has a webhook key already.
    ///   - found: what was found for the commands that are not built in; `nil` where nobody could
    ///     look, and nothing is said of what depends on it.
    package static func faults(
        of graph: FlowGraph, keepsKey: Bool = false, found: [String: ComponentFinding]? = [:]
    ) -> [GraphFault] {
        var check = GraphCheck(graph, keepsKey: keepsKey, found: found)
        check.checkNodes()
        check.checkTrigger()
        check.checkEdges()
        if check.faults.isEmpty { check.checkOrder() }
        return check.faults
    }

    private mutating func checkNodes() {
        guard (1...FlowLimits.nodesMax).contains(self.graph.nodes.count) else {
            let detail = "must be an array of 1 to \(FlowLimits.nodesMax) steps."
            return self.faults.append(GraphFault("/nodes", "invalid_value", detail))
        }
        var seen: Set<String> = []
        for (index, node) in self.graph.nodes.enumerated() {
            let pointer = "/nodes/\(index)"
            if !Self.isNodeID(node.id) {
                self.faults.append(
                    GraphFault(
                        "\(pointer)/id", "invalid_value",
                        "must be 1 to \(FlowLimits.nodeIDCharactersMax) letters, digits, _ or -."))
            }
            if !seen.insert(node.id).inserted {
                self.faults.append(
                    GraphFault("\(pointer)/id", "repeated_id", "is another step's id too."))
            }
            guard let rule = self.rule(of: node) else {
                if self.isOpen(node) { continue }
                self.faults.append(self.commandFault(of: node, at: "\(pointer)/command"))
                continue
            }
            self.faults += rule.faults(
                of: node, at: "\(pointer)/fields", keepsKey: self.keepsKey)
        }
    }

    private func rule(of node: FlowNode) -> CommandRule? {
        if case .rule(let rule) = self.found?[node.command] { return rule }
        return CommandRule.named(node.command)
    }

    /// Whether it is not known what a step does.
    private func isOpen(_ node: FlowNode) -> Bool {
        self.found == nil && self.rule(of: node) == nil && CommandName(node.command) != nil
    }

    /// What is wrong with a command that has no rule; one fault for what is not there and for what
    /// the contract may not see.
    private func commandFault(of node: FlowNode, at pointer: String) -> GraphFault {
        if self.found?[node.command] == .unavailable {
            return GraphFault(
                pointer, "component_unavailable",
                "the contract that the component belongs to takes no new uses at the moment.")
        }
        let known = CommandRule.all.map(\.command).joined(separator: ", ")
        return GraphFault(
            pointer, "unknown_command",
            "must be one of \(known), or a function of a component that the contract may use, "
                + "as team/component:function@version.")
    }

    private mutating func checkTrigger() {
        let triggers = self.graph.nodes.indices.filter {
            self.rule(of: self.graph.nodes[$0])?.isTrigger == true
        }
        if triggers.isEmpty, !self.graph.nodes.contains(where: self.isOpen) {
            let commands = CommandRule.all.filter(\.isTrigger).map(\.command)
            self.faults.append(
                GraphFault(
                    "/nodes", "trigger_missing",
                    "one step must be a trigger (\(commands.joined(separator: ", ")))."))
        }
        for index in triggers.dropFirst() {
            self.faults.append(
                GraphFault(
                    "/nodes/\(index)/command", "second_trigger", "a flow has only one trigger."))
        }
    }

    private mutating func checkEdges() {
        if self.graph.edges.count > FlowLimits.edgesMax {
            let detail = "must be an array of at most \(FlowLimits.edgesMax) edges."
            return self.faults.append(GraphFault("/edges", "invalid_value", detail))
        }
        let ids = Set(self.graph.nodes.map(\.id))
        let trigger = self.graph.nodes.first { self.rule(of: $0)?.isTrigger == true }?.id
        var seen: Set<[String]> = []
        for (index, edge) in self.graph.edges.enumerated() {
            let pointer = "/edges/\(index)"
            for (name, id) in [("source", edge.source), ("target", edge.target)]
            where !ids.contains(id) {
                self.faults.append(
                    GraphFault("\(pointer)/\(name)", "unknown_step", "no step has this id."))
            }
            if edge.target == trigger {
                self.faults.append(
                    GraphFault(
                        "\(pointer)/target", "invalid_value", "nothing leads to the trigger."))
            }
            if !seen.insert([edge.source, edge.target]).inserted {
                self.faults.append(
                    GraphFault(pointer, "repeated_edge", "joins the same steps as another edge."))
            }
            for (name, program) in [("mapper", edge.mapper), ("condition", edge.condition)] {
                guard let program, !JQText.isAcceptable(program) else { continue }
                self.faults.append(
                    GraphFault(
                        "\(pointer)/config/\(name)", "invalid_value",
                        "must be \(JQText.expectation)."))
            }
        }
    }

    private mutating func checkOrder() {
        let reached = Set(self.graph.edges.map(\.target))
        for (index, node) in self.graph.nodes.enumerated()
        where !reached.contains(node.id) && self.rule(of: node)?.isTrigger != true
            && !self.isOpen(node)
        {
            self.faults.append(
                GraphFault("/nodes/\(index)", "unreachable_step", "no edge leads to this step."))
        }
        let ordered = Set(StepOrder.of(self.graph))
        let rest = self.graph.nodes.indices.filter { !ordered.contains($0) }
        if !rest.isEmpty {
            let ids = rest.map { self.graph.nodes[$0].id }.joined(separator: ", ")
            self.faults.append(
                GraphFault("/edges", "cycle", "the steps \(ids) lead back to themselves."))
        }
    }

    private static func isNodeID(_ id: String) -> Bool {
        (1...FlowLimits.nodeIDCharactersMax).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// The order steps run in: no step before those it takes messages from.
package enum StepOrder {
    /// The indices of a graph's nodes in order; nodes of a cycle and behind it are left out.
    ///
    /// Among steps that could come next, the one written first does.
    package static func of(_ graph: FlowGraph) -> [Int] {
        var order: [Int] = []
        var done: Set<String> = []
        var waiting = Array(graph.nodes.indices)
        while let place = waiting.firstIndex(where: { index in
            graph.edges.allSatisfy {
                $0.target != graph.nodes[index].id || done.contains($0.source)
            }
        }) {
            let index = waiting.remove(at: place)
            order.append(index)
            done.insert(graph.nodes[index].id)
        }
        return order
    }
}
