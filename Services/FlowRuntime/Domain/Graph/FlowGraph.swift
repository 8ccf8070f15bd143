/// What a flow does: steps, and the ways messages take between them.
package struct FlowGraph: Hashable, Sendable {
    package var nodes: [FlowNode]
    package var edges: [FlowEdge]

    package init(nodes: [FlowNode], edges: [FlowEdge]) {
        self.nodes = nodes
        self.edges = edges
    }

    /// The step that nothing leads to: in a valid graph the trigger, which receives what starts an
    /// execution.
    package var entrance: FlowNode? {
        let reached = Set(self.edges.map(\.target))
        return self.nodes.first { !reached.contains($0.id) }
    }
}

/// A step.
package struct FlowNode: Hashable, Sendable {
    package var id: String
    /// `team/component:function`, of a component that is not built in with `@version` behind it.
    package var command: String
    package var fields: [String: FieldValue]

    package init(id: String, command: String, fields: [String: FieldValue] = [:]) {
        self.id = id
        self.command = command
        self.fields = fields
    }
}

/// A way from one step to another.
package struct FlowEdge: Hashable, Sendable {
    package var source: String
    package var target: String
    /// A jq program that makes the target's input; absent, the source's output is passed on.
    package var mapper: String?
    /// A jq program that must give `true` for a message to pass; absent, all pass.
    package var condition: String?

    package init(
        source: String, target: String, mapper: String? = nil, condition: String? = nil
    ) {
        self.source = source
        self.target = target
        self.mapper = mapper
        self.condition = condition
    }
}

/// One thing that is wrong with a graph.
package struct GraphFault: Hashable, Sendable {
    /// Where, as a JSON pointer from the graph: `/nodes/0/command`.
    package var pointer: String
    /// A stable word.
    package var code: String
    /// What is wrong, as a sentence.
    package var detail: String

    package init(_ pointer: String, _ code: String, _ detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}
