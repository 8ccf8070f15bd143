import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A thread that starts a program and waits for it, as long as the worker lives.
///
/// The kernel ends a program when the thread that made it ends (PR_SET_PDEATHSIG); threads of Swift's
/// and Dispatch's pools come and go.
final class ProgramThread: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let count = DispatchSemaphore(value: 0)

    init() {
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ProgramThread>.fromOpaque(context).takeUnretainedValue().run()
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "there is no thread for a program")
        pthread_detach(thread)
    }

    /// Runs something on the thread, however long it takes.
    func perform<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            self.jobs.withLock { $0.append { continuation.resume(returning: body()) } }
            self.count.signal()
        }
    }

    private func run() -> Never {
        while true {
            self.count.wait()
            let job = self.jobs.withLock { $0.removeFirst() }
            job()
        }
    }
}
