import Identifiers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The control groups (version 2) of a runtime's workers: a group a contract, in it one a worker.
///
/// A process can not leave its group by forking or making a session, and `cgroup.kill` ends all of
/// a group at once, so an empty group proves absence.
struct ControlGroups: Sendable {
    /// The group of this runtime.
    let root: String

    /// Looks whether groups can be made below the one the runtime runs in; `nil` when the machine
    /// does not let it. They are there only while they hold workers.
    ///
    /// - Parameter name: unique among the runtimes of a machine.
    init?(named name: String) {
        guard let mount = Self.mount, let own = Self.ownGroup else { return nil }
        self.root = "\(mount)\(own == "/" ? "" : own)/covenant-\(name)"
        defer { rmdir(self.root) }
        guard Self.make(self.root), KernelFile.exists("\(self.root)/cgroup.kill"),
            access("\(self.root)/cgroup.procs", W_OK) == 0
        else { return nil }
    }

    func path(of contract: ContractID) -> String { "\(self.root)/\(contract)" }

    func path(of badge: WorkerBadge) -> String {
        "\(self.path(of: badge.contract))/\(badge.worker)"
    }

    /// Makes a worker's group and opens it for entering; to be called on the process thread.
    func open(
        _ badge: WorkerBadge, memoryBytesMax: UInt64
    ) throws(LaunchError) -> Descriptor {
        let path = self.path(of: badge)
        guard Self.make(self.root), Self.make(self.path(of: badge.contract)), Self.make(path),
            let entrance = Descriptor(opening: "\(path)/cgroup.procs", O_WRONLY)
        else { throw LaunchError(description: "no control group could be made for a worker") }
        // Only where the controller was delegated; the process has its own limit everywhere.
        KernelFile.write("\(memoryBytesMax)", to: "\(path)/memory.max")
        return entrance
    }

    /// Ends every process in a group.
    static func kill(_ path: String) { KernelFile.write("1", to: "\(path)/cgroup.kill") }

    /// Waits until a worker's group is empty, and removes it, and those around it if it was the last.
    static func removeWhenEmpty(_ path: String) async {
        while let events = Descriptor(opening: "\(path)/cgroup.events", O_RDONLY) {
            // Reading arms the notification, so a change in between is not missed.
            var text = [UInt8](repeating: 0, count: 256)
            let count = max(read(events.number, &text, text.count), 0)
            let lines = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
            guard lines.contains("populated 1") else { break }
            self.kill(path)
            await ProcessThread.shared.untilReady(events.number, Int32(POLLPRI))
        }
        // On the thread that makes groups: none is removed between being made and being entered.
        await ProcessThread.shared.perform {
            var parts = path.split(separator: "/")
            for _ in 0..<3 where rmdir("/" + parts.joined(separator: "/")) == 0 || errno == ENOENT {
                parts.removeLast()
            }
        }
    }

    /// Whether a contract has no group with processes; removes an empty one.
    func isAbsent(_ contract: ContractID) -> Bool {
        let path = self.path(of: contract)
        rmdir(path)
        guard let lines = KernelFile.lines("\(path)/cgroup.events") else { return true }
        return lines.contains("populated 0")
    }

    private static func make(_ path: String) -> Bool {
        mkdir(path, 0o755) == 0 || errno == EEXIST
    }

    /// Where version 2 is mounted, alone or beside version 1.
    private static var mount: String? {
        ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].first {
            KernelFile.exists("\($0)/cgroup.procs") && KernelFile.exists("\($0)/cgroup.controllers")
        }
    }

    /// The group this process runs in.
    private static var ownGroup: String? {
        KernelFile.lines("/proc/self/cgroup")?.first { $0.hasPrefix("0::/") }.map {
            String($0.dropFirst(3))
        }
    }
}
