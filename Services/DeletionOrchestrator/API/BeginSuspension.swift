public import ContractLifecycle
public import RPC

/// Has a suspension driven to its end: workers stopped, then `FinishSuspension`.
///
/// Accepted durably before it is answered; repeating it changes nothing. A command of a later epoch
/// for the same contract ends the work on an earlier one.
@Message
public struct BeginSuspension: RPCMethod {
    public typealias Service = DeletionOrchestrator
    public typealias Reply = LifecycleAcknowledgement
    public static let name = "BeginSuspension"
    public static let repetition = Repetition.idempotent

    /// The command with state `suspending`.
    public var command: LifecycleCommand
    /// When the suspension is to be lifted, in milliseconds since 1970; `nil` for by hand only.
    public var until: Int64?

    /// Makes the request.
    public init(_ command: LifecycleCommand, until: Int64? = nil) {
        self.command = command
        self.until = until
    }

    enum CodingKeys: Int, CodingKey {
        case command = 1
        case until = 2
    }
}
