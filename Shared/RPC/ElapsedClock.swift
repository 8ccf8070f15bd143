/// A clock of any kind, as what waits and measures needs it: time since the clock was taken.
package struct ElapsedClock: Sendable {
    /// The time that has passed.
    package let now: @Sendable () -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    /// Starts counting on a clock.
    package init<Source: Clock>(_ clock: Source) where Source.Duration == Duration {
        let start = clock.now
        self.now = { start.duration(to: clock.now) }
        self.sleep = { try await clock.sleep(for: $0) }
    }
}
