import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Why a program could not be started.
public struct ChildProcessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The program and what stood against it.
    public let description: String
}

/// A program that was started and runs beside this one.
///
/// It inherits nothing but what it is given: no other open file, no signal blocked or ignored. It is
/// in a process group of its own, which a terminal's signals do not reach. It is waited for in any
/// case, so that it leaves no zombie.
///
/// Foundation's `Process` is not used where many files may be open: on Linux it looks for them by
/// copying each directory entry with more bytes than the entry has, and reads behind its buffer then.
public final class ChildProcess: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    /// Its process id.
    public let id: Int32
    private let state = Mutex(State())

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: its path; the search path is not looked at.
    ///   - environment: the whole environment; `nil` is that of this process.
    ///   - input: the open file it reads, for as long as this call takes; `nil` is nothing.
    ///   - output: the open file that its standard output goes to; `nil` drops it.
    ///   - errors: the open file that its standard error goes to; `nil` drops it.
    /// - Throws: ``ChildProcessError`` when there is no such program, or no process for it.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil
    ) throws(ChildProcessError) {
        var actions = SpawnActions()
        actions.redirect(0, to: input, orNothing: O_RDONLY)
        actions.redirect(1, to: output, orNothing: O_WRONLY)
        actions.redirect(2, to: errors, orNothing: O_WRONLY)
        actions.closeOthers()
        let environment = environment ?? ProcessInfo.processInfo.environment
        let variables = environment.map { "\($0.key)=\($0.value)" }
        var id: Int32 = 0
        let failure = CStringList.with([program] + arguments) { arguments in
            CStringList.with(variables) { variables in
                actions.spawn(&id, program, arguments, variables)
            }
        }
        guard failure == 0 else {
            throw ChildProcessError(
                description: "\(program) cannot be started: \(String(cString: strerror(failure)))")
        }
        self.id = id
        Thread.detachNewThread { self.wait() }
    }

    /// Waits for its end: its exit status, or the number of the signal that ended it.
    public var status: Int32 {
        get async {
            await withCheckedContinuation { continuation in
                let known = self.state.withLock { state in
                    if state.status == nil { state.waiters.append(continuation) }
                    return state.status
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }

    /// Ends it at once, as `kill -9` does.
    public func kill() { self.signal(SIGKILL) }

    /// Sends it a signal, by its number; one that has ended is left alone.
    public func signal(_ number: Int32) {
        self.state.withLock { state in
            // Its id is nobody else's until it was waited for, which sets the status.
            if state.status == nil { _ = Glibc.kill(self.id, number) }
        }
    }

    private func wait() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(self.id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let (status, waiters) = self.state.withLock { state in
            var word: Int32 = 0
            while waitpid(self.id, &word, 0) < 0, errno == EINTR {}
            let status = word & 0x7F == 0 ? (word >> 8) & 0xFF : word & 0x7F
            state.status = status
            defer { state.waiters = [] }
            return (status, state.waiters)
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }
}
