import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI
import Storage

extension FieldValue {
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .truth(value)
        case .integer(let value): self = .whole(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .array(let values): self = .list(values.map { FieldValue($0) })
        case .object(let object):
            let members = object.members.map { ($0.name, FieldValue($0.value)) }
            self = .map(Dictionary(members, uniquingKeysWith: { first, _ in first }))
        }
    }
}

extension FlowGraph {
    /// Reads a graph; members that are not there or not of their kind are empty.
    init(_ json: JSON) {
        let nodes = (json["nodes"]?.array ?? []).map { node in
            FlowNode(
                id: node["id"]?.string ?? "", command: node["command"]?.string ?? "",
                fields: node["fields"].flatMap { FieldValue($0).map } ?? [:])
        }
        let edges = (json["edges"]?.array ?? []).map { edge in
            FlowEdge(
                source: edge["source"]?.string ?? "", target: edge["target"]?.string ?? "",
                mapper: edge["config"]?["mapper"]?.string,
                condition: edge["config"]?["condition"]?.string)
        }
        self.init(nodes: nodes, edges: edges)
    }
}

extension FlowDefinition {
    /// What a worker runs, from a graph as it is stored.
    ///
    /// - Parameter program: the program of a step that is not built in.
    init(
        of flow: FlowID, storedGraph text: String, program: (FlowNode) throws -> StepProgram?
    ) throws {
        let json: JSON
        do {
            json = try JSON(parsing: text)
        } catch {
            throw StorageError(.corrupt, "flow_version.graph is not JSON")
        }
        var fields: [String: String] = [:]
        for node in json["nodes"]?.array ?? [] {
            fields[node["id"]?.string ?? ""] = node["fields"]?.text
        }
        let graph = FlowGraph(json)
        var programs: [String: StepProgram] = [:]
        for node in graph.nodes { programs[node.id] = try program(node) }
        self = FlowPlan.definition(
            of: flow, graph: graph, fields: { fields[$0.id] ?? "{}" },
            program: { programs[$0.id] })
    }
}
