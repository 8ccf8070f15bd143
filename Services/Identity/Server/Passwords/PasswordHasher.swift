import Dispatch
import IdentityDomain
import Synchronization

/// Hashes and compares passwords on a few threads of its own, so that no event loop waits.
///
/// ``IdentityLimits/hashingThreadsMax`` at a time and ``IdentityLimits/hashingsWaitingMax`` in line.
/// A caller that is cancelled leaves its job in line.
final class PasswordHasher: Sendable {
    private typealias Job = @Sendable () -> Void

    private let work: ScryptWork
    private let decoy: PasswordHash
    private let queue: Mutex<WorkQueue<Job>>
    private let threads = DispatchQueue(label: "identity.passwords", attributes: .concurrent)

    init(limits: IdentityLimits) {
        self.work = ScryptWork(
            rounds: 1 << limits.scryptCostLog2, blockSize: limits.scryptBlockSize,
            parallelism: limits.scryptParallelism)
        self.decoy = PasswordHash.decoy(work: self.work)
        self.queue = Mutex(
            WorkQueue(
                runningMax: limits.hashingThreadsMax, waitingMax: limits.hashingsWaitingMax))
    }

    /// Hashes a password under a new salt.
    ///
    /// - Throws: ``IdentityRefusal/busy``.
    func hash(_ password: String) async throws -> PasswordHash {
        let work = self.work
        return try await self.run { try PasswordHash(of: password, work: work) }
    }

    /// Whether a password has this hash.
    ///
    /// Without a hash it is `false` after the same work, so that the time taken does not tell
    /// whether there is an account.
    ///
    /// - Throws: ``IdentityRefusal/busy``.
    func matches(_ password: String, _ hash: PasswordHash?) async throws -> Bool {
        let compared = hash ?? self.decoy
        let isRight = try await self.run { try compared.matches(password) }
        return isRight && hash != nil
    }

    private func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { continuation.resume(with: Swift.Result { try body() }) }
            switch self.queue.withLock({ $0.admit(job) }) {
            case .start: self.threads.async { self.work(from: job) }
            case .wait: break
            case .refuse: continuation.resume(throwing: IdentityRefusal.busy)
            }
        }
    }

    private func work(from first: @escaping Job) {
        var job: Job? = first
        while let current = job {
            current()
            job = self.queue.withLock { $0.finish() }
        }
    }
}
