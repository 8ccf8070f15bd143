/// A service that holds something of a contract, by its name on the wire.
package enum Participant: String, CaseIterable, Hashable, Sendable {
    case flowRuntime = "flow-runtime"
    case contracts
    case identity
    case deletionOrchestrator = "deletion-orchestrator"

    /// Those that must close their gates before anything else; contracts closed its own by deciding.
    static let fenced: [Participant] = [.flowRuntime, .identity]
    /// Those that count what they hold, in the order in which they are purged.
    static let counted: [Participant] = [.flowRuntime, .contracts, .identity]
    /// Those whose kinds are erased chunk by chunk; identity erases the users it is told.
    static let purged: Set<Participant> = [.flowRuntime, .contracts]
    /// Those whose files must hold no erased byte before a receipt is signed.
    static let sealed: [Participant] = [
        .flowRuntime, .contracts, .identity, .deletionOrchestrator,
    ]
}
