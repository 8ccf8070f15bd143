/// The bounds of a runner.
public struct RunnerLimits: Hashable, Sendable {
    /// Jobs carried out at the same time.
    public var jobsMax: Int
    /// How long the store is not looked at when nothing wakes the runner.
    public var rescanMillisecondsMax: Int64

    /// Makes limits; the defaults suit a service.
    public init(jobsMax: Int = 16, rescanMillisecondsMax: Int64 = 5_000) {
        self.jobsMax = jobsMax
        self.rescanMillisecondsMax = rescanMillisecondsMax
    }
}
