import Metrics
import Synchronization

/// Answers calls that have an idempotency key: each at most once, repetitions from the store.
///
/// One for a store and process: it knows which calls the process is answering now. ``RPCRouter`` has
/// one of its own; other listeners that keep their answers in the same store make another, and name
/// their callers so that no call of one is a call of the other.
public final class KeyedCalls: Sendable {
    private let store: any AnswerStore
    /// The requests of the calls being answered by this process.
    private let running = Mutex<[KeyedCallID: [UInt8]]>([:])
    private let replays = Counter(label: "rpc_server_replays_total")
    private let notKept = Counter(label: "rpc_server_answers_not_kept_total")

    /// Makes the answering of a store.
    public init(_ store: any AnswerStore) { self.store = store }

    /// Answers a call by carrying it out, or from the store.
    ///
    /// Fails with ``stillRunning``, ``otherContent``, ``outcomeUnknown`` or ``full``, and with
    /// whatever the store or `carryOut` throws.
    ///
    /// - Parameters:
    ///   - body: what a repetition has to be the same in.
    ///   - carryOut: does it. What it throws is remembered as an answer, unless its code says that
    ///     nothing was done or that nobody knows.
    public func answer(
        _ id: KeyedCallID, _ repetition: Repetition, _ body: [UInt8],
        carryOut: (KeyedCall) async throws -> RPCAnswer
    ) async -> KeyedAnswer {
        let other = self.running.withLock { running in
            if let other = running[id] { return other as [UInt8]? }
            running[id] = body
            return nil
        }
        if let other {
            return .fresh(.failure(other == body ? Self.stillRunning : Self.otherContent))
        }
        defer { self.running.withLock { $0[id] = nil } }
        do {
            switch try await self.store.begin(id, content: body) {
            case .began: break
            case .unknown where repetition == .idempotent: break
            case .unknown: return .fresh(.failure(Self.outcomeUnknown))
            case .otherContent: return .fresh(.failure(Self.otherContent))
            case .full: return .fresh(.failure(Self.full))
            case .answered(let answer):
                self.replays.increment()
                return .replay(answer)
            }
        } catch {
            return .fresh(.failure(error))
        }
        return .fresh(await self.carryOut(KeyedCall(id), carryOut))
    }

    private func carryOut(
        _ call: KeyedCall, _ carryOut: (KeyedCall) async throws -> RPCAnswer
    ) async -> Result<RPCAnswer, any Error> {
        let result: Result<RPCAnswer, any Error>
        let outcome: KeyedOutcome
        do {
            let answer = try await carryOut(call)
            result = .success(answer)
            guard case .message(let bytes, let metadata) = answer else { return result }
            outcome = .answered(.reply(bytes, metadata))
        } catch {
            result = .failure(error)
            outcome = Self.outcome(of: RPCError(crossing: error))
        }
        // What was stored with the effect is what was answered, whatever the handler did then.
        if let reply = call.storedReply { return .success(.message(reply)) }
        do {
            try await self.store.finish(call.id, outcome)
        } catch {
            // The beginning is remembered, so a repetition is told that the outcome is unknown.
            self.notKept.increment()
        }
        return result
    }

    /// What an error says about what was done.
    static func outcome(of error: RPCError) -> KeyedOutcome {
        if let pushback = error.retryPushbackMilliseconds, pushback >= 0 { return .notCarriedOut }
        switch error.code {
        case .canceled, .deadlineExceeded, .unknown, .internal, .dataLoss, .unavailable:
            return .unknown
        case .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .resourceExhausted,
            .failedPrecondition, .aborted, .outOfRange, .unimplemented, .unauthenticated:
            return .answered(.error(error))
        }
    }

    /// The first call is still being answered.
    public static let stillRunning = RPCError(
        .aborted, "the first call with this idempotency key is still being answered",
        retryPushbackMilliseconds: RPCLimits.keyedRunningPushbackMilliseconds)

    /// The key was used for another request.
    public static let otherContent = RPCError(
        .invalidArgument, "the idempotency key was used before for another request",
        details: [RPCError.Detail(type: "rpc.v1.IdempotencyKeyReused", value: CBORNull.bytes)])

    /// The first call was interrupted, and nobody knows whether it was carried out.
    public static let outcomeUnknown = RPCError(
        .aborted,
        "the first call with this idempotency key was interrupted: read whether it was carried out",
        details: [RPCError.Detail(type: "rpc.v1.OutcomeUnknown", value: CBORNull.bytes)],
        retryPushbackMilliseconds: -1)

    /// As many answers are kept as may be.
    public static let full = RPCError(
        .resourceExhausted, "as many answers are kept as may be",
        retryPushbackMilliseconds: RPCLimits.answersFullPushbackMilliseconds)
}

/// The CBOR of nothing, for details that say all by their type.
private enum CBORNull {
    static let bytes: [UInt8] = [0xf6]
}
