/// How an outbox is emptied.
public struct OutboxLimits: Hashable, Sendable {
    /// Messages on their way to one destination at the same time.
    public var sendsPerDestinationMax = 8
    /// The longest the table goes unread when nothing says that something was put in.
    public var scanMillisecondsMax: Int64 = 5000
    /// The bound of the wait after the first failure; it doubles with each further one.
    public var backoffMillisecondsMin: Int64 = 50
    /// The bound the wait grows to.
    public var backoffMillisecondsMax: Int64 = 60_000
    /// Characters of an error that are kept.
    public var errorCharactersMax = 300

    /// Makes the default limits.
    public init() {}

    /// How long to wait after `failures` failures in a row: anything from 1 ms to the bound, which
    /// doubles each time (full jitter).
    public func backoffMilliseconds(
        failures: Int, using random: inout some RandomNumberGenerator
    ) -> Int64 {
        let doublings = min(max(failures - 1, 0), 30)
        let bound = min(
            self.backoffMillisecondsMin << Int64(doublings), self.backoffMillisecondsMax)
        return Int64.random(in: 1...max(bound, 1), using: &random)
    }
}
