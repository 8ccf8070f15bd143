public import NIOCore
import Synchronization

/// Runs tasks on one event loop.
///
/// A job enqueued from the loop's own thread goes to a plain list that is worked off before the
/// loop returns to its sockets, so a handler that suspends and is resumed within one read batch
/// costs no wake-up. Jobs from other threads are gathered and handed over once a burst.
///
/// All connections of a loop share one executor: see ``on(_:)``.
public final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    // `state` is touched on the loop's thread only (`inbox` excepted, which is locked). The pointer
    // spares the hot path the dynamic exclusivity checks of class properties.
    let loop: any EventLoop
    let state: UnsafeMutablePointer<LoopState>
    private let inbox = Mutex<[UnownedJob]>([])

    private init(_ loop: any EventLoop) {
        self.loop = loop
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: LoopState())
    }

    deinit {
        self.freeSpareStreams()
        self.state.deinitialize(count: 1)
        self.state.deallocate()
    }

    /// The executor of an event loop.
    ///
    /// Asking again gives the same one, until the last connection on the loop is gone; whoever still
    /// holds it then can go on using it.
    public static func on(_ loop: any EventLoop) -> LoopExecutor {
        LoopExecutors.shared.executor(of: loop) { LoopExecutor(loop) }
    }

    /// Takes a job to run on the loop.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if self.loop.inEventLoop {
            self.state.pointee.jobs.append(job)
            self.scheduleTick()
        } else {
            let isFirst = self.inbox.withLock { inbox in
                inbox.append(job)
                return inbox.count == 1
            }
            if isFirst { self.loop.execute { self.takeInbox() } }
        }
    }

    private func takeInbox() {
        let jobs = self.inbox.withLock { inbox in
            let jobs = inbox
            inbox.removeAll(keepingCapacity: true)
            return jobs
        }
        self.state.pointee.jobs.append(contentsOf: jobs)
        if !self.state.pointee.isTicking { self.tick() }
    }

    /// Makes sure that a tick comes, when none is running or on its way.
    @inline(__always)
    func scheduleTick() {
        guard !self.state.pointee.isTicking, !self.state.pointee.isTickScheduled else { return }
        self.state.pointee.isTickScheduled = true
        self.loop.execute {
            self.state.pointee.isTickScheduled = false
            if !self.state.pointee.isTicking { self.tick() }
        }
    }

    /// Runs everything that can run now and sends what came of it, until nothing is left.
    func tick() {
        self.state.pointee.isTicking = true
        repeat {
            self.runWork()
            self.flushDirty()
        } while self.state.pointee.hasWork
        self.state.pointee.isTicking = false
    }

    /// Runs ready requests and jobs, without sending: a tick has to follow.
    func runWork() {
        let wasTicking = self.state.pointee.isTicking
        self.state.pointee.isTicking = true
        self.runJobs()
        while self.state.pointee.readyHead != nil {
            self.startWorker()
            self.runJobs()
        }
        self.state.pointee.isTicking = wasTicking
    }

    private func runJobs() {
        guard self.state.pointee.nextJob < self.state.pointee.jobs.count else { return }
        let executor = self.asUnownedTaskExecutor()
        while self.state.pointee.nextJob < self.state.pointee.jobs.count {
            let job = self.state.pointee.jobs[self.state.pointee.nextJob]
            self.state.pointee.nextJob += 1
            job.runSynchronously(on: executor)
        }
        self.state.pointee.jobs.removeAll(keepingCapacity: true)
        self.state.pointee.nextJob = 0
    }

    /// Remembers that a connection has something to send when the tick ends.
    @inline(__always)
    func markDirty(_ connection: any LoopConnection) {
        self.state.pointee.dirty.append(connection)
        self.scheduleTick()
    }

    private func flushDirty() {
        var index = 0
        while index < self.state.pointee.dirty.count {
            self.state.pointee.dirty[index].flushDirty()
            index += 1
        }
        self.state.pointee.dirty.removeAll(keepingCapacity: true)
    }
}

/// What a connection owes the loop it lives on.
protocol LoopConnection: AnyObject {
    /// Sends what waits to be sent; called at the end of a tick for connections marked dirty.
    func flushDirty()
    /// Looks after timers; called once a second.
    func everySecond(_ now: NIODeadline)
    /// Cancels what has expired and returns when the next thing expires.
    func expire(_ now: NIODeadline) -> NIODeadline
}

/// The mutable state of one event loop, touched on its thread only.
struct LoopState {
    var jobs: [UnownedJob] = []
    var nextJob = 0
    var isTicking = false
    var isTickScheduled = false
    var dirty: [any LoopConnection] = []
    /// Complete requests, oldest first, of all connections on the loop.
    var readyHead: ServerStreamReference?
    var readyTail: ServerStreamReference?
    var parkedWorkers: [Worker] = []
    var spareStreams: ServerStreamReference?
    var spareStreamCount = 0
    /// One buffer serves all connections: a write that completes at once gives it back.
    var output = ByteBuffer()
    /// Where in `output` the frames being serialised go; `nil` at other times.
    var outputStart: UnsafeMutablePointer<UInt8>?
    var outputCount = 0
    /// Bytes after which there may be no room for another frame.
    var outputLimit = 0
    var isOutputFull = false
    var connections: [ObjectIdentifier: any LoopConnection] = [:]
    var secondsTimer: RepeatedTask?
    var nextExpiry = NIODeadline.distantFuture
    /// When the bytes arrived that were read last.
    var arrival = NIODeadline.now()
    var expiryTimer: Scheduled<Void>?

    init() {
        self.jobs.reserveCapacity(256)
    }

    var hasWork: Bool {
        self.nextJob < self.jobs.count || self.readyHead != nil || !self.dirty.isEmpty
    }
}

/// The executors in use in this process, by event loop.
///
/// Held strongly: a weak reference would make every retain of an executor take the slow path.
final class LoopExecutors: Sendable {
    static let shared = LoopExecutors()

    private let executors = Mutex<[ObjectIdentifier: LoopExecutor]>([:])

    func executor(of loop: any EventLoop, make: () -> LoopExecutor) -> LoopExecutor {
        self.executors.withLock { executors in
            let id = ObjectIdentifier(loop)
            if let executor = executors[id] { return executor }
            let executor = make()
            executors[id] = executor
            return executor
        }
    }

    /// Lets go of an executor whose loop has no connections.
    func forget(_ executor: LoopExecutor) {
        let forgotten = self.executors.withLock { executors -> LoopExecutor? in
            let id = ObjectIdentifier(executor.loop)
            return executors[id] === executor ? executors.removeValue(forKey: id) : nil
        }
        // Released here, outside the lock.
        _ = consume forgotten
    }
}
