import JSONAPI
import Logging
import RPC

/// Asks the readiness checks again and again and writes the outcome where health is read.
struct ReadinessBoard: Sendable {
    /// From one round of checks to the next.
    static let intervalSeconds = 2
    /// How long a check may take.
    static let checkSecondsMax = 2

    let checks: [ReadinessCheck]
    let board: HealthBoard
    let logger: Logger

    /// Asks until cancelled.
    func run() async throws {
        while !Task.isCancelled {
            await self.checkOnce()
            try await Task.sleep(for: .seconds(Self.intervalSeconds))
        }
    }

    /// Asks every check once, all at the same time.
    func checkOnce() async {
        let reasons = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, check) in self.checks.enumerated() {
                group.addTask { (index, await Self.reason(of: check)) }
            }
            var reasons: [(Int, String)] = []
            for await (index, reason) in group {
                if let reason { reasons.append((index, reason)) }
            }
            return reasons.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let status = HealthStatus(isServing: reasons.isEmpty, reasons: reasons)
        if self.board.set(status) {
            let text = status.isServing ? "ready" : "not ready"
            self.logger.notice(
                "\(text)", metadata: ["reasons": .array(reasons.map { .string($0) })])
        }
    }

    private static func reason(of check: ReadinessCheck) async -> String? {
        do {
            return try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask { try await check.reason() }
                group.addTask {
                    try await Task.sleep(for: .seconds(Self.checkSecondsMax))
                    return "\(check.name) does not answer"
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch {
            return "\(check.name) fails: \(RPCError(crossing: error).code.rawValue)"
        }
    }

    /// What `/readyz` answers.
    static func json(_ status: HealthStatus) -> JSON {
        [
            "status": .string(status.isServing ? "ready" : "not ready"),
            "reasons": .strings(status.reasons),
        ]
    }
}

extension ReadinessCheck {
    /// Whether a peer can be reached at all; that it is ready itself is its own business, or two
    /// services that wait for each other would never start.
    static func peer(_ name: String, _ carry: @escaping Carry) -> ReadinessCheck {
        let client = RPCClient(
            Health.self, carry: carry, options: RPCClientOptions(timeout: .seconds(1)))
        return ReadinessCheck(name) {
            do {
                _ = try await client.send(CheckHealth())
                return nil
            } catch {
                return "\(name) unreachable"
            }
        }
    }
}
