import CWorkerProcess
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one thread that makes processes and watches them.
///
/// The kernel ends a worker when the thread that made it ends (PR_SET_PDEATHSIG), so this one lives
/// as long as the process; threads of Swift's and Dispatch's pools do not.
final class ProcessThread: Sendable {
    /// The thread.
    static let shared = ProcessThread()

    private struct Waiter {
        var descriptor: Int32
        var events: Int16
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())
    private let event: Int32

    private init() {
        self.event = cwp_event_open()
        precondition(self.event >= 0, "there is no descriptor for the process thread")
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ProcessThread>.fromOpaque(context).takeUnretainedValue().run()
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "there is no thread for processes")
        pthread_detach(thread)
    }

    /// Runs something short on the thread.
    func perform<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            self.state.withLock { $0.jobs.append { continuation.resume(returning: body()) } }
            cwp_event_signal(self.event)
        }
    }

    /// Waits until a descriptor, which stays open meanwhile, has one of `poll`'s events.
    func untilReady(_ descriptor: Int32, _ events: Int32) async {
        await withCheckedContinuation { continuation in
            self.state.withLock { state in
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = Waiter(
                    descriptor: descriptor, events: Int16(events), continuation: continuation)
            }
            cwp_event_signal(self.event)
        }
    }

    private func run() -> Never {
        while true {
            let (jobs, waiters) = self.state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, Array(state.waiters))
            }
            for job in jobs { job() }
            self.wait(waiters)
        }
    }

    private func wait(_ waiters: [(key: Int, value: Waiter)]) {
        var polled = [pollfd(fd: self.event, events: Int16(POLLIN), revents: 0)]
        polled += waiters.map { _, waiter in
            pollfd(fd: waiter.descriptor, events: waiter.events, revents: 0)
        }
        guard poll(&polled, nfds_t(polled.count), -1) > 0 else { return }
        if polled[0].revents != 0 { cwp_event_clear(self.event) }
        for (waiter, entry) in zip(waiters, polled.dropFirst()) where entry.revents != 0 {
            self.state.withLock { $0.waiters[waiter.key] = nil }
            waiter.value.continuation.resume()
        }
    }
}
