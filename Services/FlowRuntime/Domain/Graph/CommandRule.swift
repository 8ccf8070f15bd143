/// What a command is and which settings it takes.
package struct CommandRule: Hashable, Sendable {
    /// `team/component:function`.
    package var command: String
    /// Whether it begins a flow; all others take messages.
    package var isTrigger: Bool
    package var fields: [FieldRule]
    /// Whether it takes settings that have no rule here, as components define their own.
    package var takesOtherFields = false

    /// Every command that is built in.
    package static let all: [CommandRule] = [.webhook, .transform, .filter, .httpRequest]

    /// The rule of a command that is built in; `nil` when there is none.
    package static func named(_ command: String) -> CommandRule? {
        self.all.first { $0.command == command }
    }

    /// Receives an HTTP request.
    package static let webhook = CommandRule(
        command: "core/webhook:receive", isTrigger: true,
        fields: Self.hookFields)

    /// How whatever begins a flow proves its callers.
    private static let hookFields: [FieldRule] = [
        .optional("auth", .choice(HookAuthentication.allCases.map(\.rawValue))),
        .optional("key", .text(FlowLimits.hookKeyCharacters)),
    ]

    /// The rule of a component's function.
    package static func external(_ command: String, _ function: ComponentFunction) -> CommandRule {
        CommandRule(
            command: command, isTrigger: function.isTrigger,
            fields: function.isTrigger ? Self.hookFields : [], takesOtherFields: true)
    }

    /// Gives what a jq program makes of the input, a message for each value.
    package static let transform = CommandRule(
        command: "core/transform:jq", isTrigger: false,
        fields: [.required("expression", .program)])

    /// Passes the input on when a jq program says `true` of it.
    package static let filter = CommandRule(
        command: "core/filter:jq", isTrigger: false,
        fields: [.required("expression", .program)])

    /// Sends the input to an HTTP server and gives what it answers.
    package static let httpRequest = CommandRule(
        command: "core/http-request:send", isTrigger: false,
        fields: [
            .optional("method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])),
            .optional("url", .url),
            .optional("url_expression", .program),
            .optional("headers", .headers),
            .optional("timeout_ms", .whole(1...FlowLimits.requestMillisecondsMax)),
        ])

    /// Everything that is wrong with a node's settings.
    ///
    /// - Parameter keepsKey: whether the flow has a webhook key already, so that none need be given.
    func faults(of node: FlowNode, at pointer: String, keepsKey: Bool) -> [GraphFault] {
        var faults: [GraphFault] = []
        for rule in self.fields {
            if let value = node.fields[rule.name] {
                faults += rule.faults(of: value, at: "\(pointer)/\(rule.name)")
            } else if rule.isRequired {
                faults.append(
                    GraphFault(pointer, "missing", "\"\(rule.name)\" is missing."))
            }
        }
        for name in node.fields.keys.sorted()
        where !self.takesOtherFields && !self.fields.contains(where: { $0.name == name }) {
            faults.append(
                GraphFault(
                    "\(pointer)/\(Pointer.escaped(name))", "unknown_member",
                    "\"\(name)\" is not a setting of \(self.command)."))
        }
        return faults + self.jointFaults(of: node, at: pointer, keepsKey: keepsKey)
    }

    /// What is wrong with settings that depend on one another.
    private func jointFaults(
        of node: FlowNode, at pointer: String, keepsKey: Bool
    ) -> [GraphFault] {
        switch self {
        case _ where self.isTrigger:
            let isKeyed = HookAuthentication(of: node) == .key
            let hasKey = node.fields["key"] != nil
            if isKeyed && !hasKey && !keepsKey {
                return [GraphFault(pointer, "missing", "\"key\" is missing.")]
            }
            if !isKeyed && hasKey {
                return [
                    GraphFault(
                        "\(pointer)/key", "invalid_value",
                        "is only of use when \"auth\" is \"key\".")
                ]
            }
            return []
        case .httpRequest:
            let given = ["url", "url_expression"].filter { node.fields[$0] != nil }
            if given.count == 1 { return [] }
            return [
                GraphFault(
                    pointer, given.isEmpty ? "missing" : "invalid_value",
                    "exactly one of \"url\" and \"url_expression\" must be given.")
            ]
        default: return []
        }
    }
}

/// How a webhook proves that its caller may call it.
package enum HookAuthentication: String, CaseIterable, Hashable, Sendable {
    /// It does not.
    case none
    /// The header `x-api-key` carries the key the flow was made with.
    case key

    /// What a trigger asks for.
    package init(of trigger: FlowNode) {
        self = trigger.fields["auth"]?.text.flatMap(HookAuthentication.init(rawValue:)) ?? .none
    }
}
