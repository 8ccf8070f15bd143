import Dispatch
import Synchronization

/// Runs jq programs one at a time, away from the threads that do everything else.
///
/// A program is compiled once. One that takes too long can not be stopped: its caller is told
/// `stuck`, and the process has to end.
final class JQEngine: Sendable {
    private final class Compiled {
        let program: JQProgram
        init(_ text: String) throws(JQError) { self.program = try JQProgram.compile(text) }
    }

    private struct Run {
        var startedAt: ContinuousClock.Instant?
        var waiter: CheckedContinuation<Result<[String], JQError>, Never>?
    }

    private let queue = DispatchQueue(label: "jq")
    /// Only touched on the queue; the lock is what lets the compiler see that it is safe.
    private let compiled = Mutex<[String: Compiled]>([:])
    private let run = Mutex(Run())
    private let limit: Duration
    private let outputBytesMax: Int

    /// Makes an engine whose programs may take `limit` for one input.
    init(limit: Duration, outputBytesMax: Int) {
        self.limit = limit
        self.outputBytesMax = outputBytesMax
    }

    /// Compiles a program.
    func compile(_ text: String) async throws(JQError) {
        _ = try await self.perform { () throws(JQError) in
            try self.withCompiled(text) { _ throws(JQError) in [] }
        }.get()
    }

    /// Every value a program makes of a JSON text.
    func values(_ text: String, of input: String) async throws(JQError) -> [String] {
        try await self.perform { () throws(JQError) in
            try self.withCompiled(text) { program throws(JQError) in
                try program.program.values(of: input, bytesMax: self.outputBytesMax)
            }
        }.get()
    }

    /// Tells the caller of a program that takes too long; returns when cancelled.
    func watch() async {
        while (try? await Task.sleep(for: min(self.limit / 4, .milliseconds(250)))) != nil {
            let waiter = self.run.withLock { run in
                guard let start = run.startedAt, start.duration(to: .now) > self.limit else {
                    return CheckedContinuation<Result<[String], JQError>, Never>?.none
                }
                defer { run.waiter = nil }
                return run.waiter
            }
            waiter?.resume(returning: .failure(.stuck))
        }
    }

    private func perform(
        _ body: @escaping @Sendable () throws(JQError) -> [String]
    ) async -> Result<[String], JQError> {
        await withCheckedContinuation { continuation in
            self.run.withLock { run in
                run.startedAt = .now
                run.waiter = continuation
            }
            self.queue.async {
                let result = Result(catching: body)
                let waiter = self.run.withLock { run in
                    defer {
                        run.startedAt = nil
                        run.waiter = nil
                    }
                    return run.waiter
                }
                waiter?.resume(returning: result)
            }
        }
    }

    private func withCompiled(
        _ text: String, _ body: (Compiled) throws(JQError) -> [String]
    ) throws(JQError) -> [String] {
        try self.compiled.withLock { programs throws(JQError) in
            if let program = programs[text] { return try body(program) }
            let program = try Compiled(text)
            programs[text] = program
            return try body(program)
        }
    }
}
