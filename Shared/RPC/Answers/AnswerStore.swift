/// Remembers which keyed calls were begun and what was answered to them.
///
/// `AnswerStoreConformance` in TestKit says in tests what every store does. What a durable store
/// promises to callers: a call that was answered is never carried out again under its key, and a
/// call whose outcome is not known, because its process ended in between, is not carried out again
/// unless its method is idempotent.
public protocol AnswerStore: Sendable {
    /// Remembers that a call is begun, unless it was begun before.
    ///
    /// When it returns ``KeyedBeginning/began``, the beginning is as durable as the store. Never
    /// called twice at the same time for one call.
    ///
    /// - Parameter content: the request; a repetition has the same bytes.
    func begin(_ call: KeyedCallID, content: [UInt8]) async throws -> KeyedBeginning

    /// Remembers how a call that was begun has ended.
    func finish(_ call: KeyedCallID, _ outcome: KeyedOutcome) async throws

    /// Forgets calls begun too long ago, in batches.
    ///
    /// - Returns: how many were forgotten.
    @discardableResult
    func forgetExpired() async throws -> Int
}

/// What a store knows of a call that is about to be carried out.
public enum KeyedBeginning: Hashable, Sendable {
    /// Nothing: it is remembered as begun from now on. Carry it out.
    case began
    /// It was answered. Answer the same.
    case answered(StoredAnswer)
    /// It was begun, and nobody can say whether it was carried out.
    case unknown
    /// The key was used for a request with other content. Refuse.
    case otherContent
    /// As many calls are remembered as may be. Refuse for now.
    case full
}

/// How a call has ended.
public enum KeyedOutcome: Hashable, Sendable {
    /// With this answer, for good.
    case answered(StoredAnswer)
    /// Nothing was done, and the caller was asked to repeat it: as if it had not been begun.
    case notCarriedOut
    /// Nobody can say whether it was carried out.
    case unknown
}

/// An answer as it is kept.
public enum StoredAnswer: Hashable, Sendable {
    /// The reply, byte for byte, and what was said beside it.
    case reply([UInt8], RPCMetadata = RPCMetadata())
    /// The error.
    case error(RPCError)

    /// The bytes that count against ``AnswerLimits/answersBytesMax``.
    public var byteCount: Int {
        switch self {
        case .reply(let bytes, _): bytes.count
        case .error(let error):
            error.message.utf8.count + error.details.reduce(0) { $0 + $1.value.count }
        }
    }
}
