/// Who may work and who waits, when so many may work at once.
///
/// A value: it decides, and whoever holds it acts.
struct WorkQueue<Job> {
    /// What becomes of a job.
    enum Admission {
        /// Start it on a thread of its own.
        case start
        /// It waits; whoever finishes takes it up.
        case wait
        /// Too many wait already.
        case refuse
    }

    private let runningMax: Int
    private let waitingMax: Int
    private var running = 0
    private var waiting: [Job] = []

    init(runningMax: Int, waitingMax: Int) {
        self.runningMax = runningMax
        self.waitingMax = waitingMax
    }

    /// A job came.
    mutating func admit(_ job: Job) -> Admission {
        if self.running < self.runningMax {
            self.running += 1
            return .start
        }
        guard self.waiting.count < self.waitingMax else { return .refuse }
        self.waiting.append(job)
        return .wait
    }

    /// A job is done: the one to go on with on the same thread, the first that came first.
    mutating func finish() -> Job? {
        if self.waiting.isEmpty {
            self.running -= 1
            return nil
        }
        return self.waiting.removeFirst()
    }
}
