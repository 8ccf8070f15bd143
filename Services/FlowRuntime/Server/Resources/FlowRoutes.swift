import FlowRuntimeDomain
import Identifiers
import JSONAPI

/// What the public API says of flows.
enum FlowRoutes {
    /// Flows on a page, unless asked otherwise.
    private static let perPage = 50

    static let create = Route(
        .post, "/v2/flows", operation: .createFlow, summary: "Makes a flow",
        body: .json(Self.newFlow),
        answers: [.init(200, "The flow, not started.", .document("flow"))])

    static let list = Route(
        .get, "/v2/flows", operation: .listFlows, summary: "Lists a workspace's flows",
        query: QueryParameter.page(defaultSize: Self.perPage) + [
            .text("workspace_id", .identifier, "The workspace; must be given."),
            .filter(
                "status", oneOf: DesiredStatus.allCases.map(\.rawValue),
                "Only flows that are meant to run, or not to."),
        ],
        answers: [.init(200, "The flows.", .collection("flow"))])

    static let get = Route(
        .get, "/v2/flows/{flow_id}", operation: .getFlow, summary: "Shows a flow",
        answers: [.init(200, "The flow.", .document("flow"))])

    static let edit = Route(
        .patch, "/v2/flows/{flow_id}", operation: .editFlow,
        summary: "Changes a stopped flow; a changed graph becomes a version",
        body: .json(Self.changedFlow), answers: [.init(200, "The flow.", .document("flow"))])

    static let delete = Route(
        .delete, "/v2/flows/{flow_id}", operation: .deleteFlow,
        summary: "Deletes a stopped flow and all it has done",
        answers: [.init(204, "The flow is deleted.")])

    static let start = Route(
        .post, "/v2/flows/{flow_id}/start", operation: .startFlow, summary: "Starts a flow",
        answers: [.init(202, "The flow, which will run soon.", .document("flow"))])

    static let stop = Route(
        .post, "/v2/flows/{flow_id}/stop", operation: .stopFlow,
        summary: "Stops a flow; messages that wait are kept",
        answers: [.init(202, "The flow, which will stop soon.", .document("flow"))])

    private static let attributes: [Schema.Member] = [
        .required("name", .text(.anything(1...255)), "What people call it."),
        .optional("description", .nullable(.text(.anything(0...4_096)))),
        .optional("type", .choice(FlowRow.Kind.allCases.map(\.rawValue)), "`ordinary` if absent."),
        .required("graph", Self.graph, "The steps, and the ways between them."),
    ]

    private static let newFlow = Schema.resource(
        "flow", attributes: Self.attributes,
        relationships: [.required("workspace", .linkage("workspace"))])

    private static let changedFlow = Schema.resource(
        "flow", id: .optional,
        attributes: Self.attributes.map { .optional($0.name, $0.schema, $0.about) })

    /// The shape of a graph; what it must be beyond that is ``GraphCheck``'s to say.
    static let graph = Schema.object([
        .required("nodes", .list(Self.node)), .required("edges", .list(Self.edge)),
    ])

    private static let node = Schema.object([
        .required("id", .string, "Unique in the flow, for example `step_1`."),
        .required("command", .string, "What it does, for example `core/transform:jq`."),
        .optional("name", .string), .optional("description", .string),
        .optional("fields", .map(.anything), "Settings, as the command takes them."),
    ])

    private static let edge = Schema.object([
        .optional("id", .string), .required("source", .string, "The id of a step."),
        .required("target", .string, "The id of a step."),
        .optional(
            "config",
            .object([
                .optional("mapper_type", .choice(["jq"])),
                .optional("mapper", .string, "A jq program that makes the target's input."),
                .optional("condition", .string, "A jq program that must give true."),
            ])),
    ])
}

/// What the public API says of what flows have done.
enum WorkRoutes {
    private static let ofFlow: [QueryParameter] =
        QueryParameter.page() + [.text("flow_id", .identifier, "The flow; must be given.")]

    static let listExecutions = Route(
        .get, "/v2/executions", operation: .listExecutions,
        summary: "Lists a flow's executions, newest first", query: Self.ofFlow,
        answers: [.init(200, "The executions.", .collection("execution"))])

    static let getExecution = Route(
        .get, "/v2/executions/{execution_id}", operation: .getExecution,
        summary: "Shows an execution and what its steps gave",
        answers: [.init(200, "The execution.", .document("execution"))])

    static let listErrors = Route(
        .get, "/v2/errors", operation: .listErrors,
        summary: "Lists a flow's errors, newest first", query: Self.ofFlow,
        answers: [.init(200, "The errors.", .collection("error"))])

    static let retryError = Route(
        .post, "/v2/errors/{error_id}/retry", operation: .retryError,
        summary: "Carries the message of an error again",
        answers: [.init(202, "The execution, queued again.", .document("execution"))])

    static let receiveHook = Route(
        .post, "/hook/{flow_id}", operation: .receiveHook,
        summary: "Starts an execution with what is sent", authentication: .none,
        query: HookMessage.query, body: .bytes, bodyBytesMax: FlowLimits.hookBodyBytesMax,
        answers: [.init(202, "It is stored and will be carried out.", .document("execution"))])
}

extension Route {
    init(
        _ method: Method, _ path: PathTemplate, operation: PublicOperation, summary: String,
        authentication: Authentication = .apiKey, query: [QueryParameter] = [],
        body: Body = .none, bodyBytesMax: Int? = nil, answers: [Answer]
    ) {
        self.init(
            method, path, id: operation.rawValue, summary: summary, permission: operation.about,
            authentication: authentication, query: query, body: body,
            bodyBytesMax: bodyBytesMax, answers: answers)
    }
}
