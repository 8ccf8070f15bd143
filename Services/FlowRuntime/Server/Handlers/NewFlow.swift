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
    var text: String
    /// The webhook's key, if the author gave one.
    var hookKey: String?

    /// How the webhook proves its callers.
    var hookAuthentication: HookAuthentication {
        self.graph.trigger.map { HookAuthentication(of: $0) } ?? .none
    }

    /// Reads a graph whose shape was checked against the route's schema.
    init(_ json: JSON) {
        self.graph = FlowGraph(json)
        var shown = json
        var key: String?
        let nodes = (json["nodes"]?.array ?? []).map { node -> JSON in
            guard node["command"]?.string == CommandRule.webhook.command,
                var object = node.object, var fields = object["fields"]?.object,
                let given = fields["key"]
            else { return node }
            key = given.string
            fields["key"] = nil
            object["fields"] = .object(fields)
            return .object(object)
        }
        if var object = json.object {
            object["nodes"] = .array(nodes)
            shown = .object(object)
        }
        self.text = shown.text
        self.hookKey = key
    }
}
