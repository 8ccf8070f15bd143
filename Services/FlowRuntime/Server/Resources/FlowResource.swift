import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI
import Storage

extension FlowWithGraph {
    /// The flow as a resource; `status` is what is meant, `current_status` what is.
    func resource() throws -> Resource {
        let flow = self.flow
        guard let graph = try? JSON(parsing: self.graph) else {
            throw StorageError(.corrupt, "flow_version.graph is not JSON")
        }
        return Resource(
            type: "flow", id: flow.id.text, selfLink: "/v2/flows/\(flow.id)",
            attributes: [
                "name": .string(flow.name), "description": .optional(flow.description),
                "type": .string(flow.kind.rawValue), "status": .string(flow.status.rawValue),
                "current_status": .string(flow.condition.current.rawValue),
                "graph": graph, "version": .integer(flow.version),
                "queued_messages": .integer(flow.queued),
                "webhook_url": .string("/hook/\(flow.id)"),
                "last_start_time": .optional(flow.lastStartAt),
                "created_at": .time(flow.createdAt), "updated_at": .time(flow.updatedAt),
            ],
            relationships: [
                "workspace": .one(
                    "workspace", flow.workspace.text, selfLink: "/v2/workspaces/\(flow.workspace)"),
                "contract": .one(
                    "contract", flow.contract.text, selfLink: "/v2/contracts/\(flow.contract)"),
                "user": .one("user", flow.user.text, selfLink: "/v2/users/\(flow.user)"),
            ])
    }
}

extension ExecutionRow {
    /// The execution as a resource, with what its steps gave when they are known.
    func resource(steps: [StepOutcome]? = nil) -> Resource {
        var attributes: JSONObject = [
            "status": .string(self.state.rawValue), "attempts": .integer(self.attempts),
            "flow_version": .integer(self.version), "received_at": .time(self.receivedAt),
            "finished_at": .time(self.finishedAt),
        ]
        if let steps { attributes["steps"] = .array(steps.map(\.json)) }
        return Resource(
            type: "execution", id: self.id.text, selfLink: "/v2/executions/\(self.id)",
            attributes: attributes,
            relationships: [
                "flow": .one("flow", self.flow.text, selfLink: "/v2/flows/\(self.flow)")
            ])
    }
}

extension StepOutcome {
    /// The outcome as JSON; an output that can not be read back is given as text.
    fileprivate var json: JSON {
        let output = self.output.map { text in (try? JSON(parsing: text)) ?? .string(text) }
        return [
            "step": .string(self.step), "output": output ?? .null,
            "has_output": .bool(output != nil), "is_cut": .bool(self.isCut),
            "microseconds": .integer(self.microseconds),
        ]
    }
}

extension FlowErrorRow {
    /// The error as a resource.
    var resource: Resource {
        var resource = Resource(
            type: "error", id: self.id.text,
            attributes: [
                "step": .string(self.step), "code": .string(self.code),
                "message": .string(self.message), "attempts": .integer(self.attempts),
                "can_be_retried": .bool(self.execution != nil),
                "created_at": .time(self.occurredAt),
            ],
            relationships: [
                "flow": .one("flow", self.flow.text, selfLink: "/v2/flows/\(self.flow)")
            ])
        if let execution = self.execution {
            resource.relate(
                "execution",
                to: .one("execution", execution.text, selfLink: "/v2/executions/\(execution)"))
        }
        return resource
    }
}
