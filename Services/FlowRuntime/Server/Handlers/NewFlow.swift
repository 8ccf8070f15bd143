import FlowRuntimeDomain
import Identifiers
import JSONAPI

/// A flow as somebody wants to make it.
struct NewFlow: Sendable {
    var workspace: WorkspaceID
    var name: String
    var description: String?
    var kind: FlowRow.Kind
    var graph: FlowDraft
}

/// A change to a flow; what is `nil` stays.
struct FlowChange: Sendable {
    var name: String?
    /// The description, `nil` inside to remove it.
    var description: String??
    var kind: FlowRow.Kind?
    var graph: FlowDraft?
}

/// A graph as its author wrote it, with the webhook's key taken out.
struct FlowDraft: Sendable {
    var graph: FlowGraph
    /// The graph as it is stored and shown: never with a key.
    var shown: JSON
    /// The webhook's key, if the author gave one.
    var hookKey: String?

    /// The graph as it is stored, as JSON text.
    var text: String { self.shown.text }

    /// How the webhook proves its callers.
    var hookAuthentication: HookAuthentication {
        self.graph.entrance.map { HookAuthentication(of: $0) } ?? .none
    }

    /// Reads a graph whose shape was checked against the route's schema.
    init(_ json: JSON) {
        let graph = FlowGraph(json)
        var key: String?
        self.graph = graph
        // Only what receives a webhook has a key; which steps can was not looked up yet.
        self.shown = json.replacingNodes { node in
            guard node["id"]?.string == graph.entrance?.id, var object = node.object,
                var fields = object["fields"]?.object, let given = fields["key"]
            else { return node }
            key = given.string
            fields["key"] = nil
            object["fields"] = .object(fields)
            return .object(object)
        }
        self.hookKey = key
    }
}

extension JSON {
    /// A graph with other nodes.
    func replacingNodes(_ change: (JSON) -> JSON) -> JSON {
        guard var graph = self.object, let nodes = graph["nodes"]?.array else { return self }
        graph["nodes"] = .array(nodes.map(change))
        return .object(graph)
    }
}
