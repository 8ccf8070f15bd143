import Synchronization

/// Which call an answer belongs to: equal ones are the same call, made again.
public struct KeyedCallID: Hashable, Sendable {
    /// Who calls; empty for a caller who proved no name.
    public let caller: String
    /// The service and the method: `contracts.v1/Suspend`.
    public let method: String
    /// The key the caller chose.
    public let key: String

    /// Names a call.
    public init(caller: PeerName?, method: String, key: String) {
        self.caller = caller?.text ?? ""
        self.method = method
        self.key = key
    }
}

/// A call with an idempotency key while its handler runs.
///
/// A store offers handlers a way to write the answer in the transaction of the effect, so that not
/// even a crash can part the two.
public final class KeyedCall: Sendable {
    /// Which call.
    public let id: KeyedCallID

    private let reply = Mutex<[UInt8]?>(nil)

    /// Names the call that begins.
    public init(_ id: KeyedCallID) { self.id = id }

    /// Tells that the reply is stored durably, together with what the call did; for stores.
    public func wasStored(_ reply: [UInt8]) { self.reply.withLock { $0 = reply } }

    /// The reply that was stored with the effect.
    var storedReply: [UInt8]? { self.reply.withLock { $0 } }
}

/// The answer to a call with an idempotency key.
public struct KeyedAnswer: Sendable {
    /// The answer.
    public let result: Result<RPCAnswer, any Error>
    /// Whether an earlier attempt was answered so, and nothing was carried out this time.
    public let isReplay: Bool

    static func fresh(_ result: Result<RPCAnswer, any Error>) -> KeyedAnswer {
        KeyedAnswer(result: result, isReplay: false)
    }

    static func replay(_ answer: StoredAnswer) -> KeyedAnswer {
        switch answer {
        case .reply(let bytes, let metadata):
            KeyedAnswer(result: .success(.message(bytes, metadata)), isReplay: true)
        case .error(let error): KeyedAnswer(result: .failure(error), isReplay: true)
        }
    }
}
