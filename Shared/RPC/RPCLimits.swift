/// What a server allows one method; whatever is not said here is as ``RPCServerLimits`` has it.
public struct RPCMethodLimits: Hashable, Sendable {
    /// The request's message; more is answered with 413 and `resource_exhausted`. Where it is said,
    /// each element that a caller streams may have as much.
    public var requestBytesMax: Int?
    /// The reply of a unary method; more is answered with `resource_exhausted`. Where it is said,
    /// each element of a streamed answer may have as much.
    public var replyBytesMax: Int?
    /// The deadline of a call that names none; a streamed answer has none unless it is said here.
    public var timeoutMillisecondsDefault: Int?
    /// The longest deadline; a longer one is cut to it. Streamed answers have none unless said here.
    public var timeoutMillisecondsMax: Int?
    /// Calls of the method that run at once; more are refused with `resource_exhausted`.
    public var runningMax: Int?
    /// Whether its calls take long by nature: they are counted apart, and how long they take says
    /// nothing about the load. Streams always count as long.
    public var isLong = false

    /// Says nothing.
    public init() {}
}

/// What a server allows its callers, and when it begins to refuse them.
public struct RPCServerLimits: Hashable, Sendable {
    /// The request's message.
    public var requestBytesMax = 4 * 1024 * 1024
    /// The reply of a unary method.
    public var replyBytesMax = 4 * 1024 * 1024
    /// The deadline of a unary call that names none.
    public var timeoutMillisecondsDefault = 30_000
    /// The longest deadline of a unary call.
    public var timeoutMillisecondsMax = 5 * 60_000
    /// Calls that may always run at once: the adaptive limit never falls below.
    public var runningMin = 256
    /// Calls that may run at once however quickly they are answered.
    public var runningMax = 8192
    /// Streams and calls of long methods that are open at once.
    public var longRunningMax = 10_000
    /// What refused callers are asked to wait on average; it is spread by half.
    public var overloadPushbackMilliseconds = 100
    /// What single methods are allowed, by the method's name.
    public var methods: [String: RPCMethodLimits] = [:]

    /// The default limits.
    public init() {}

    /// What is wrong with the limits for a server of these methods, one sentence each.
    func problems(methods names: Set<String>) -> [String] {
        var problems: [String] = []
        if self.runningMin < 1 || self.runningMax < self.runningMin {
            problems.append(
                "the limits let \(self.runningMin) to \(self.runningMax) calls run at once")
        }
        for (name, limits) in self.methods.sorted(by: { $0.key < $1.key }) {
            if !names.contains(name) {
                problems.append("the limits name \(name), which no service declares")
            }
            let resolved = ResolvedLimits(limits, else: self, isUnary: true)
            let values: [Int?] = [
                resolved.requestBytesMax, resolved.replyBytesMax,
                resolved.timeoutMillisecondsDefault, resolved.timeoutMillisecondsMax,
                resolved.runningMax,
            ]
            if values.contains(where: { ($0 ?? 1) < 1 }) {
                problems.append("the limits of \(name) are not all at least 1")
            }
            if let standard = limits.timeoutMillisecondsDefault,
                let longest = resolved.timeoutMillisecondsMax, standard > longest
            {
                problems.append(
                    "the limits of \(name) have a default timeout beyond the longest one")
            }
        }
        return problems
    }
}

/// The limits of one route, nothing left open.
struct ResolvedLimits: Hashable, Sendable {
    var requestBytesMax: Int
    var replyBytesMax: Int
    /// Elements of streams, where the method itself has a limit; the carrier's holds for all.
    var requestElementBytesMax: Int?
    var answerElementBytesMax: Int?
    var timeoutMillisecondsDefault: Int?
    var timeoutMillisecondsMax: Int?
    var runningMax: Int?

    init(_ method: RPCMethodLimits?, else server: RPCServerLimits, isUnary: Bool) {
        self.requestBytesMax = method?.requestBytesMax ?? server.requestBytesMax
        self.replyBytesMax = method?.replyBytesMax ?? server.replyBytesMax
        self.requestElementBytesMax = method?.requestBytesMax
        self.answerElementBytesMax = method?.replyBytesMax
        let longest =
            method?.timeoutMillisecondsMax ?? (isUnary ? server.timeoutMillisecondsMax : nil)
        let standard =
            method?.timeoutMillisecondsDefault
            ?? (isUnary ? server.timeoutMillisecondsDefault : nil) ?? longest
        self.timeoutMillisecondsMax = longest
        self.timeoutMillisecondsDefault = standard.map { min($0, longest ?? $0) }
        self.runningMax = method?.runningMax
    }

    /// How long a call may take that asks for so many milliseconds, or for none in particular.
    func timeoutMilliseconds(asked: Int?) -> Int? {
        guard let wanted = asked ?? self.timeoutMillisecondsDefault else { return nil }
        return min(wanted, self.timeoutMillisecondsMax ?? wanted)
    }

    /// When a call must have ended that asks for a moment, or for none in particular.
    func deadline(
        asked: MonotonicInstant?, now: MonotonicInstant
    ) -> MonotonicInstant? {
        guard let asked else {
            return self.timeoutMilliseconds(asked: nil).map { now + .milliseconds($0) }
        }
        return self.timeoutMillisecondsMax.map { min(asked, now + .milliseconds($0)) } ?? asked
    }
}

/// How stored answers are kept.
public struct AnswerLimits: Hashable, Sendable {
    /// How long the answer to a keyed call is kept, from the call's beginning.
    public var keptSeconds = 24 * 60 * 60
    /// Keyed calls remembered at once; one more is refused until some have expired.
    public var answersMax = 100_000
    /// Bytes of the answers kept at once; when they are reached no further keyed call is begun.
    public var answersBytesMax = 256 * 1024 * 1024
    /// Expired calls forgotten in one transaction.
    public var forgottenPerBatchMax = 500
    /// From one look for expired calls to the next.
    public var sweepSeconds = 60

    /// The default limits.
    public init() {}
}

/// Bounds that are the same whatever carries a call.
public enum RPCLimits {
    /// Metadata of one direction: its names and values as they are sent.
    public static let metadataBytesMax = 8 * 1024
    /// What a caller is asked to wait whose keyed call is still being answered.
    static let keyedRunningPushbackMilliseconds = 50
    /// What a caller is asked to wait when as many keyed calls are remembered as may be.
    static let answersFullPushbackMilliseconds = 1000
    /// Watchers of one health board.
    static let watchersMax = 1000
    /// What a watcher is asked to wait when there are as many as may be.
    static let watchersPushbackMilliseconds = 1000
}
