/// Whether a flow is meant to run.
package enum DesiredStatus: String, CaseIterable, Hashable, Sendable {
    case active
    case inactive
}

/// Whether a flow does run.
package enum CurrentStatus: String, CaseIterable, Hashable, Sendable {
    /// There is no worker, and none is meant to be.
    case inactive
    /// A worker is being made, or will be after a wait.
    case starting
    /// A worker process takes messages.
    case running
    /// The worker is being ended.
    case stopping
}

/// Where a worker is in its life, as its row says.
package enum WorkerState: String, CaseIterable, Hashable, Sendable {
    /// A process may exist but has not been told to work.
    case intent
    /// The process has been told to work.
    case running
    /// The process is being ended.
    case stopping
}

/// A flow's condition, and what may be done in it.
package struct FlowCondition: Hashable, Sendable {
    package var desired: DesiredStatus
    /// The state of the flow's worker; `nil` when there is none.
    package var worker: WorkerState?

    package init(desired: DesiredStatus, worker: WorkerState?) {
        self.desired = desired
        self.worker = worker
    }

    /// What is shown as `current_status`.
    package var current: CurrentStatus {
        switch (self.worker, self.desired) {
        case (.stopping, _): .stopping
        case (.running, .active): .running
        case (.running, .inactive): .stopping
        case (.intent, .active), (nil, .active): .starting
        case (.intent, .inactive): .stopping
        case (nil, .inactive): .inactive
        }
    }

    /// Why something may not be done with a flow in this condition; `nil` when it may.
    package func refusal(of act: FlowAct) -> FlowRefusal? {
        switch act {
        case .start: self.desired == .active ? .alreadyActive : nil
        case .stop: self.desired == .inactive ? .alreadyInactive : nil
        case .edit, .delete: self.current == .inactive ? nil : .running
        case .receive: self.desired == .active ? nil : .inactive
        }
    }
}

/// Something done with a flow.
package enum FlowAct: CaseIterable, Hashable, Sendable {
    case start
    case stop
    case edit
    case delete
    /// Taking in what may start an execution, retries included.
    case receive
}

/// Why something may not be done with a flow.
package enum FlowRefusal: String, Error, Hashable, Sendable {
    case alreadyActive = "flow_already_active"
    case alreadyInactive = "flow_already_inactive"
    case running = "flow_running"
    case inactive = "flow_inactive"

    /// The refusal for people.
    package var message: String {
        switch self {
        case .alreadyActive: "Flow is already active"
        case .alreadyInactive: "The flow is already inactive."
        case .running: "The flow is running; stop it first."
        case .inactive: "The flow is inactive; start it first."
        }
    }
}
