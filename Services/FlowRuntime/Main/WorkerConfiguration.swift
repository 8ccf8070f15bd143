import Bootstrap
import FlowRuntimeServer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What can be configured about workers.
enum WorkerConfiguration {
    static let settings: [Setting] = [
        .text("worker.program", "The worker program; flow-worker beside this program if unset."),
        .integer(
            "worker.grace-seconds", 1...60, default: 10,
            "How long a worker may take to end when asked."),
        .integer(
            "worker.program-ms-max", 100...60_000, default: 5_000,
            "How long one jq program may work on one message."),
        .integer("worker.memory-mib-max", 64...65_536, default: 512, "Memory of one worker."),
        .integer("worker.files-max", 64...65_536, default: 256, "Open files of one worker."),
        .list(
            "worker.http.allow-networks",
            "Address blocks steps may reach besides the public Internet, as 10.0.0.0/8."),
        .text(
            "worker.components", default: "confined",
            "confined: their programs run only where the kernel keeps them from everybody's files; "
                + "trusted: also elsewhere."),
        .text(
            "worker.isolation", default: "auto",
            "auto: control groups where the machine has them; session: never."),
    ]

    /// Reads the settings.
    ///
    /// - Throws: `ConfigurationError` naming the setting.
    static func read(_ context: ServiceContext) throws -> WorkerSettings {
        let configuration = context.configuration
        var workers = WorkerSettings(
            program: try configuration.optionalText("worker.program") ?? Self.besideThisProgram(),
            socket: context.rpcSocket, peerToken: WorkerSettings.newPeerToken(),
            folder: "\(context.dataDirectory)/workers")
        guard access(workers.program, X_OK) == 0 else {
            throw ConfigurationError("worker.program: \(workers.program) can not be executed")
        }
        workers.graceMilliseconds = Int64(configuration.integer("worker.grace-seconds")) * 1_000
        workers.programMillisecondsMax = Int64(configuration.integer("worker.program-ms-max"))
        workers.memoryBytesMax = UInt64(configuration.integer("worker.memory-mib-max")) << 20
        workers.filesMax = UInt64(configuration.integer("worker.files-max"))
        workers.allowedNetworks = configuration.list("worker.http.allow-networks")
        for network in workers.misreadNetworks {
            throw ConfigurationError(
                "worker.http.allow-networks: \"\(network)\" is no block of addresses")
        }
        switch configuration.text("worker.components") {
        case "confined": workers.trustsComponents = false
        case "trusted": workers.trustsComponents = true
        case let other:
            throw ConfigurationError(
                "worker.components must be confined or trusted, not \"\(other)\"")
        }
        switch configuration.text("worker.isolation") {
        case "auto": workers.controlGroupName = WorkerSettings.groupName(of: context.dataDirectory)
        case "session": workers.controlGroupName = nil
        case let other:
            throw ConfigurationError("worker.isolation must be auto or session, not \"\(other)\"")
        }
        return workers
    }

    private static func besideThisProgram() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else {
            throw ConfigurationError("worker.program is not set, and this program has no path")
        }
        defer { free(path) }
        let folder = String(cString: path).split(separator: "/").dropLast()
        return "/" + (folder + ["flow-worker"]).joined(separator: "/")
    }
}
