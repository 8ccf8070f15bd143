public import Identifiers
public import RPC

/// What a worker proves itself with: made for one process of one flow at one epoch.
@Message
public struct WorkerPass: Codable, Hashable, Sendable {
    /// The worker.
    public var worker: WorkerID
    /// 32 random bytes, told to the worker on its standard input, never in its arguments.
    public var token: [UInt8]

    /// Makes a pass.
    public init(worker: WorkerID, token: [UInt8]) {
        self.worker = worker
        self.token = token
    }

    enum CodingKeys: Int, CodingKey {
        case worker = 1
        case token = 2
    }
}

/// Asks, as a worker, for the flow to run and then for its work, as long as there is any.
///
/// A stale or unknown pass is `permission_denied`: the worker ends. Messages that were handed out
/// and not reported when the worker ends are handed out again.
@Message
public struct WorkerFeed: RPCStreamMethod {
    public typealias Service = FlowRuntime
    public static let name = "WorkerFeed"
    public static let repetition = Repetition.idempotent

    /// Who asks.
    public var pass: WorkerPass

    /// Something to do.
    @Message
    public enum Element: Codable, Hashable, Sendable {
        /// The flow to run; always first.
        case flow(FlowDefinition)
        /// One stimulus to carry through the flow.
        case execution(Work)
        /// Finish what is under way and end.
        case stop
    }

    /// One stimulus to carry through the flow.
    @Message
    public struct Work: Codable, Hashable, Sendable {
        /// The execution.
        public var execution: ExecutionID
        /// The message as JSON text: an object with `body`, `headers`, `method`, `query`.
        public var message: String
        /// Which attempt this is, from 1.
        public var attempt: Int

        /// Makes work.
        public init(execution: ExecutionID, message: String, attempt: Int) {
            self.execution = execution
            self.message = message
            self.attempt = attempt
        }

        enum CodingKeys: Int, CodingKey {
            case execution = 1
            case message = 2
            case attempt = 3
        }
    }

    /// Makes the request.
    public init(pass: WorkerPass) { self.pass = pass }

    enum CodingKeys: Int, CodingKey { case pass = 1 }
}

/// A flow as a worker runs it.
@Message
public struct FlowDefinition: Codable, Hashable, Sendable {
    /// The flow.
    public var flow: FlowID
    /// The steps in the order they run in; the first is the trigger.
    public var steps: [FlowStep]

    /// Makes a definition.
    public init(flow: FlowID, steps: [FlowStep]) {
        self.flow = flow
        self.steps = steps
    }

    enum CodingKeys: Int, CodingKey {
        case flow = 1
        case steps = 2
    }
}

/// One step of a flow.
@Message
public struct FlowStep: Codable, Hashable, Sendable {
    /// The step's id within the flow, for example `step_2`.
    public var id: String
    /// What it does, as `team/component:function`, for example `core/http-request:send`; with
    /// `@` and the version's id behind it for a function of a component that is not built in.
    public var command: String
    /// Its settings, as JSON text of an object.
    public var fields: String
    /// The steps whose output it takes, each with a jq program that shapes and filters it.
    public var inputs: [FlowInput]
    /// The program that does it; `nil` for what is built in.
    public var program: StepProgram?

    /// Makes a step.
    public init(
        id: String, command: String, fields: String, inputs: [FlowInput],
        program: StepProgram? = nil
    ) {
        self.id = id
        self.command = command
        self.fields = fields
        self.inputs = inputs
        self.program = program
    }

    enum CodingKeys: Int, CodingKey {
        case id = 1
        case command = 2
        case fields = 3
        case inputs = 4
        case program = 5
    }
}

/// An edge of a flow, seen from its target.
@Message
public struct FlowInput: Codable, Hashable, Sendable {
    /// The step whose output is taken.
    public var source: String
    /// A jq program that makes the target's input; `nil` passes it on as it is.
    public var mapper: String?
    /// A jq program that must give `true` for the message to pass; `nil` always does.
    public var condition: String?

    /// Makes an input.
    public init(source: String, mapper: String? = nil, condition: String? = nil) {
        self.source = source
        self.mapper = mapper
        self.condition = condition
    }

    enum CodingKeys: Int, CodingKey {
        case source = 1
        case mapper = 2
        case condition = 3
    }
}
