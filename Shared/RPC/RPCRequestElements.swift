import Synchronization

/// What follows the request of a method that takes a stream; shared by the attempts at a call.
public final class RPCRequestElements: Sendable {
    /// The elements; only the first attempt that asks for one gets any.
    public let messages: RPCMessages
    private let begun: Begun

    private final class Begun: Sendable {
        let flag = Atomic(false)
    }

    /// Makes them of encoded elements.
    public init(_ messages: RPCMessages) {
        let begun = Begun()
        self.begun = begun
        self.messages = messages.pulled { pull in
            begun.flag.store(true, ordering: .relaxed)
            return try await pull()
        }
    }

    /// Whether an element has been asked for: the call cannot be repeated any more.
    package var haveBegun: Bool { self.begun.flag.load(ordering: .relaxed) }
}
