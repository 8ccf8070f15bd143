/// What a component version says of itself: its `component.json`.
package struct ComponentDescriptor: Hashable, Sendable {
    package var title: String
    /// Triggers and actions; no two have one name in a version that was stored.
    package var functions: [ComponentFunction]

    package init(title: String, functions: [ComponentFunction]) {
        self.title = title
        self.functions = functions
    }

    /// The function of a name; `nil` when there is none.
    package func function(_ name: String) -> ComponentFunction? {
        self.functions.first { $0.name == name }
    }

    /// The file that it is found in beside the others.
    package static let fileName = "component.json"
}

/// One thing that a component can do in a flow.
package struct ComponentFunction: Hashable, Sendable {
    package var name: String
    /// Whether it begins a flow; all others take messages.
    package var isTrigger: Bool
    package var title: String
    /// The program to run, found in the bundle or where the system has programs, and its arguments.
    package var command: [String]
    /// How long it may take for one message.
    package var millisecondsMax: Int64

    package init(
        name: String, isTrigger: Bool, title: String, command: [String],
        millisecondsMax: Int64 = FlowLimits.programMillisecondsUsual
    ) {
        self.name = name
        self.isTrigger = isTrigger
        self.title = title
        self.command = command
        self.millisecondsMax = millisecondsMax
    }

    /// The group of `component.json` it stands in.
    package var group: String { self.isTrigger ? "triggers" : "actions" }
}
