package import FlowRuntimeAPI
package import Identifiers

/// Turns a valid graph into what a worker runs.
package enum FlowPlan {
    /// The definition of a flow.
    ///
    /// - Parameters:
    ///   - fields: writes a node's settings as JSON text.
    ///   - program: the program of a node that is not built in.
    package static func definition(
        of flow: FlowID, graph: FlowGraph, fields: (FlowNode) -> String,
        program: (FlowNode) -> StepProgram?
    ) -> FlowDefinition {
        let steps = StepOrder.of(graph).map { index in
            let node = graph.nodes[index]
            let inputs = graph.edges.filter { $0.target == node.id }.map { edge in
                FlowInput(source: edge.source, mapper: edge.mapper, condition: edge.condition)
            }
            return FlowStep(
                id: node.id, command: node.command, fields: fields(node), inputs: inputs,
                program: program(node))
        }
        return FlowDefinition(flow: flow, steps: steps)
    }
}
