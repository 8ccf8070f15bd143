import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension LocalLauncher {
    /// Makes the launcher that settings ask for, with the strongest isolation the machine offers.
    init(_ workers: WorkerSettings, logger: Logger) {
        let groups = workers.controlGroupName.flatMap { ControlGroups(named: $0) }
        if workers.controlGroupName != nil, groups == nil {
            logger.notice(
                "there are no control groups for workers: sessions are used in their place")
        }
        self.init(
            Settings(
                command: [workers.program], environment: Self.loaderEnvironment,
                folder: workers.folder,
                memoryBytesMax: workers.memoryBytesMax, filesMax: workers.filesMax),
            groups: groups)
    }

    /// What programs need to be loaded, and nothing else of this process's environment.
    ///
    /// A worker that crashes ends at once: nobody reads the backtrace that Swift would spend seconds
    /// on, and the worker started in its stead waits for it.
    static var loaderEnvironment: [String: String] {
        var environment = [
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
        ]
        if let path = getenv("LD_LIBRARY_PATH") {
            environment["LD_LIBRARY_PATH"] = String(cString: path)
        }
        return environment
    }
}
