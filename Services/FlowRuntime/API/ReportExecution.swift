public import Identifiers
public import RPC

/// Reports, as a worker, how an execution went; the message is then done with.
///
/// Repeating the report changes nothing. A stale pass is `permission_denied` and changes nothing:
/// whoever holds the flow now carries the message again.
@Message
public struct ReportExecution: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "ReportExecution"
    public static let repetition = Repetition.idempotent
    /// Bytes of output kept of a step; longer outputs are cut and marked so by the worker.
    public static let outputBytesMax = 64 * 1_024

    /// Who reports.
    public var pass: WorkerPass
    /// The execution.
    public var execution: ExecutionID
    /// What each step that ran gave, in order.
    public var steps: [StepOutcome]
    /// The failure that ended the execution; `nil` when it succeeded.
    public var failure: StepFailure?

    /// Whether the report is durably stored.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Whether the failure will be tried again after a wait.
        public var willRetry: Bool

        /// Makes the reply.
        public init(willRetry: Bool) { self.willRetry = willRetry }

        enum CodingKeys: Int, CodingKey { case willRetry = 1 }
    }

    /// Makes the request.
    public init(
        pass: WorkerPass, execution: ExecutionID, steps: [StepOutcome], failure: StepFailure?
    ) {
        self.pass = pass
        self.execution = execution
        self.steps = steps
        self.failure = failure
    }

    enum CodingKeys: Int, CodingKey {
        case pass = 1
        case execution = 2
        case steps = 3
        case failure = 4
    }
}

/// What one step of an execution gave.
@Message
public struct StepOutcome: Codable, Hashable, Sendable {
    /// The step's id within the flow.
    public var step: String
    /// What it gave, as JSON text; `nil` when a condition kept the message from it.
    public var output: String?
    /// Whether the output was longer than is kept and has been cut.
    public var isCut: Bool
    /// How long it took, in microseconds.
    public var microseconds: Int64

    /// Makes an outcome.
    public init(step: String, output: String?, isCut: Bool = false, microseconds: Int64) {
        self.step = step
        self.output = output
        self.isCut = isCut
        self.microseconds = microseconds
    }

    enum CodingKeys: Int, CodingKey {
        case step = 1
        case output = 2
        case isCut = 3
        case microseconds = 4
    }
}

/// Why a step failed.
@Message
public struct StepFailure: Codable, Hashable, Sendable {
    /// The step's id within the flow.
    public var step: String
    /// A stable word for the kind of failure, for example `http_status` or `jq_error`.
    public var code: String
    /// What happened, for people; never a secret.
    public var message: String
    /// Whether trying again may help.
    public var isTransient: Bool

    /// Makes a failure.
    public init(step: String, code: String, message: String, isTransient: Bool) {
        self.step = step
        self.code = code
        self.message = message
        self.isTransient = isTransient
    }

    enum CodingKeys: Int, CodingKey {
        case step = 1
        case code = 2
        case message = 3
        case isTransient = 4
    }
}

/// Reports, as a worker, that the flow itself cannot run, for example because a jq program does not
/// compile; the flow is stopped and the failure shown.
@Message
public struct ReportFailure: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "ReportFailure"
    public static let repetition = Repetition.idempotent

    /// Who reports.
    public var pass: WorkerPass
    /// Why.
    public var failure: StepFailure

    /// The report is durably stored.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Makes the reply.
        public init() {}
    }

    /// Makes the request.
    public init(pass: WorkerPass, failure: StepFailure) {
        self.pass = pass
        self.failure = failure
    }

    enum CodingKeys: Int, CodingKey {
        case pass = 1
        case failure = 2
    }
}
