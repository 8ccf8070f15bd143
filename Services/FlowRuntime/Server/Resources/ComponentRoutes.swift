import FlowRuntimeDomain
import JSONAPI

/// What the public API says of components.
enum ComponentRoutes {
    static let create = Route(
        .post, "/v2/components", operation: .createComponent, summary: "Makes a component",
        body: .json(Self.newComponent),
        answers: [.init(200, "The component, without a version.", .document("component"))])

    static let list = Route(
        .get, "/v2/components", operation: .listComponents,
        summary: "Lists the components that a contract may use",
        query: QueryParameter.page() + [
            .text("contract_id", .identifier, "The contract; must be given."),
            .filter(
                "access", oneOf: ComponentRow.Access.allCases.map(\.rawValue),
                "`team`: only the contract's own that nobody else may use; `tenant`: only those "
                    + "open to the whole tenant, whosever they are."),
        ],
        answers: [.init(200, "The components.", .collection("component"))])

    static let get = Route(
        .get, "/v2/components/{component_id}", operation: .getComponent,
        summary: "Shows a component",
        answers: [.init(200, "The component.", .document("component"))])

    static let edit = Route(
        .patch, "/v2/components/{component_id}", operation: .editComponent,
        summary: "Changes a component; what was opened to the tenant stays open",
        body: .json(
            Schema.resource("component", id: .optional, attributes: Self.changeable)),
        answers: [.init(200, "The component.", .document("component"))])

    static let delete = Route(
        .delete, "/v2/components/{component_id}", operation: .deleteComponent,
        summary: "Deletes a component that no flow uses, with its versions",
        answers: [.init(204, "The component is deleted.")])

    private static let changeable: [Schema.Member] = [
        .optional("description", .nullable(.text(.anything(0...4_096)))),
        .optional(
            "access", .choice(ComponentRow.Access.allCases.map(\.rawValue)),
            "`team`, if absent: everybody of the contract; `tenant`: every contract of the tenant."),
    ]

    private static let newComponent = Schema.resource(
        "component",
        attributes: [
            .required("name", .text(.componentName), "What commands call it: `team/name:function`.")
        ] + Self.changeable,
        relationships: [.required("team", .linkage("team"))])
}

/// What the public API says of the versions of components.
enum ComponentVersionRoutes {
    static let create = Route(
        .post, "/v2/components/{component_id}/versions", operation: .createComponentVersion,
        summary: "Adds a version, which never changes, to a component",
        body: .json(Self.newVersion), bodyBytesMax: FlowLimits.bundleBodyBytesMax,
        answers: [.init(200, "The version.", .document("component-version"))])

    static let list = Route(
        .get, "/v2/components/{component_id}/versions", operation: .listComponentVersions,
        summary: "Lists a component's versions, newest first", query: QueryParameter.page(),
        answers: [.init(200, "The versions.", .collection("component-version"))])

    static let get = Route(
        .get, "/v2/components/{component_id}/versions/{version_id}",
        operation: .getComponentVersion,
        summary: "Shows a version of a component and which files it has",
        answers: [.init(200, "The version.", .document("component-version"))])

    static let delete = Route(
        .delete, "/v2/components/{component_id}/versions/{version_id}",
        operation: .deleteComponentVersion, summary: "Deletes a version that no flow uses",
        answers: [.init(204, "The version is deleted.")])

    private static let newVersion = Schema.resource(
        "component-version",
        attributes: [
            .required("component", Self.descriptor, "What becomes `component.json`."),
            .optional("files", Self.files),
        ])

    static let files = Schema.array(Self.file, counts: 0...FlowLimits.bundleFilesMax)

    static let descriptor = Schema.object([
        .required("title", .text(.anything(1...255))),
        .optional("description", .text(.anything(0...4_096))),
        .optional("triggers", .map(Self.function), "By name: what can begin a flow."),
        .optional("actions", .map(Self.function), "By name: what can be done with messages."),
    ])

    private static let function = Schema.object([
        .required("title", .text(.anything(1...255))),
        .required(
            "command", .array(.string, counts: 1...FlowLimits.commandWordsMax),
            "The program, a file of the version or one of the system's, and its arguments."),
        .optional("timeout_ms", .integer(1...FlowLimits.programMillisecondsMax)),
    ])

    private static let file = Schema.object([
        .required("path", .string, "Names joined by `/`, below the folder of the version."),
        .required("content", .text(.anything(0...FlowLimits.bundleBodyBytesMax))),
        .optional("encoding", .choice(["utf-8", "base64"]), "Of `content`; `utf-8` if absent."),
        .optional("executable", .boolean, "`false` if absent."),
    ])
}

extension TextRule {
    /// The name of a component.
    fileprivate static let componentName = TextRule(
        ComponentText.nameExpectation, lengths: ComponentText.nameCharacters,
        pattern: ComponentText.namePattern
    ) { ComponentText.isName($0) }
}
