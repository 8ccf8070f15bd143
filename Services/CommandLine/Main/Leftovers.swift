import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Processes that a supervisor left behind when it was killed.
enum Leftovers {
    /// Seconds they have to end in before they are killed.
    private static let graceSeconds = 10

    /// Ends every service that still runs on this data directory.
    ///
    /// A ready file names a process; it is ended only when that process runs one of the suite's own
    /// programs, since ids are reused.
    static func end(in directory: SuiteDirectory) async throws {
        var left: [Int32] = []
        for service in Suite.services {
            let file = directory.readyFile(of: service)
            if let pid = ReadyFile.read(from: file)?.pid, self.program(of: pid) == service {
                kill(pid, SIGTERM)
                left.append(pid)
            }
            try? FileManager.default.removeItem(at: file)
        }
        let end = ContinuousClock.now + .seconds(self.graceSeconds)
        while !left.isEmpty {
            left.removeAll { kill($0, 0) != 0 }
            if ContinuousClock.now >= end { for pid in left { kill(pid, SIGKILL) } }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func program(of pid: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
            .split(separator: "/").last.map(String.init)
    }
}
