/// When and how often a call is made again.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts at most, the first included; 5 at most.
    public var attemptsMax: Int
    /// The ceiling of the first wait, in milliseconds.
    public var firstWaitMilliseconds: Int
    /// The ceiling of any wait, in milliseconds.
    public var waitMillisecondsMax: Int

    /// Makes a policy; attempts beyond 5 count as 5.
    public init(
        attemptsMax: Int = 5, firstWaitMilliseconds: Int = 20, waitMillisecondsMax: Int = 2_000
    ) {
        self.attemptsMax = min(max(attemptsMax, 1), 5)
        self.firstWaitMilliseconds = firstWaitMilliseconds
        self.waitMillisecondsMax = waitMillisecondsMax
    }

    /// Makes one attempt; as always, one more where the first provably was not carried out.
    public static let never = RetryPolicy(attemptsMax: 1)

    /// What to do after a failed attempt.
    public enum Decision: Hashable, Sendable {
        /// Give the failure to the caller.
        case fail
        /// Wait up to this long (the caller takes a random part of it), then try again.
        case retry(waitMillisecondsMax: Int)
        /// Wait exactly this long, as the peer asked, then try again.
        case obeyPushback(milliseconds: Int)
    }

    /// Decides after attempt number `attempt` (from 1) failed.
    ///
    /// A call that provably was not carried out may always be repeated; any other only when its
    /// method is safe or idempotent, or it carries an idempotency key, and the code says that
    /// repeating helps.
    public func decide(
        after error: RPCError, attempt: Int, repetition: Repetition, isKeyed: Bool,
        wasNotProcessed: Bool
    ) -> Decision {
        guard attempt < self.attemptsMax else { return .fail }
        if !wasNotProcessed {
            guard repetition != .unsafe || isKeyed else { return .fail }
            switch error.code {
            case .unavailable: break
            case .resourceExhausted where error.retryPushbackMilliseconds != nil: break
            // The first attempt is still being answered: its answer is what a later one gets.
            case .aborted where isKeyed && error.retryPushbackMilliseconds != nil: break
            default: return .fail
            }
        }
        if let pushback = error.retryPushbackMilliseconds {
            return pushback < 0 ? .fail : .obeyPushback(milliseconds: pushback)
        }
        let doublings = min(attempt - 1, 20)
        let wait = min(self.firstWaitMilliseconds << doublings, self.waitMillisecondsMax)
        return .retry(waitMillisecondsMax: wait)
    }
}

/// Keeps retries from multiplying an overload (gRPC proposal A6, retry throttling).
///
/// A repeatable failure takes a token, a success gives a part of one back; retries stop while half
/// or less is left.
public struct RetryBudget: Hashable, Sendable {
    private let tokensMax: Double
    private let tokensPerSuccess: Double
    private var tokens: Double

    /// Makes a full budget.
    public init(tokensMax: Double = 20, tokensPerSuccess: Double = 0.1) {
        self.tokensMax = tokensMax
        self.tokensPerSuccess = tokensPerSuccess
        self.tokens = tokensMax
    }

    /// Whether nothing has been taken, or all of it given back.
    public var isFull: Bool { self.tokens == self.tokensMax }

    /// Whether retries are allowed now.
    public var allowsRetry: Bool { self.tokens > self.tokensMax / 2 }

    /// An attempt failed in a way that would be retried.
    public mutating func attemptFailed() { self.tokens = max(0, self.tokens - 1) }

    /// An attempt succeeded.
    public mutating func attemptSucceeded() {
        self.tokens = min(self.tokensMax, self.tokens + self.tokensPerSuccess)
    }
}
