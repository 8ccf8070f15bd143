import CWorkerProcess
import Identifiers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the kernel says of processes.
enum ProcessTable {
    /// The identifier of the time since the machine booted.
    static var boot: String {
        KernelFile.lines("/proc/sys/kernel/random/boot_id")?.first.map(String.init) ?? ""
    }

    /// What a process is known by; `nil` when there is none.
    static func mark(of pid: Int32) -> ProcessMark? {
        var ticks: UInt64 = 0
        var state: CChar = 0
        guard cwp_process_start(pid, &ticks, &state) == 0 else { return nil }
        return ProcessMark(boot: self.boot, pid: pid, startedTicks: ticks)
    }

    /// The processes in whose first environment a variable has a value.
    ///
    /// Children inherit it, whatever session or group they move to, unless they were executed with
    /// another environment.
    static func processes(with variable: String, _ value: String) -> [ProcessMark] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        let wanted = Array("\(variable)=\(value)".utf8)
        var found: [ProcessMark] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let pid = Int32(name), pid > 1, let mark = self.mark(of: pid),
                let environment = KernelFile.bytes("/proc/\(name)/environ")
            else { continue }
            if environment.split(separator: 0).contains(where: { $0.elementsEqual(wanted) }) {
                found.append(mark)
            }
        }
        return found
    }

    /// A descriptor of exactly the process that is meant; `nil` when it is gone.
    static func open(_ mark: ProcessMark) -> Descriptor? {
        let number = cwp_pidfd_open(mark.pid)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(number)
        // Looked at after opening: the number may have been given to another in between.
        guard self.mark(of: mark.pid) == mark else { return nil }
        return descriptor
    }

    /// Ends processes by force and waits until they are gone.
    static func end(_ marks: [ProcessMark]) async {
        for mark in marks {
            guard let process = self.open(mark) else { continue }
            _ = cwp_pidfd_signal(process.number, SIGKILL)
            await ProcessThread.shared.untilReady(process.number, Int32(POLLIN))
        }
    }
}
