import Foundation

extension LaunchPlan {
    /// How to start the four services and the edge on this machine.
    ///
    /// Settings go by environment, secrets by files only their owner can read.
    static func suite(
        directory: SuiteDirectory, ports: Ports, configurations: URL
    ) throws -> [LaunchPlan] {
        try PeerTokens.write(in: directory)
        let binaries = try Binaries.directory()
        var plans = Suite.services.map { service in
            LaunchPlan(
                name: service, executable: binaries.appending(path: service),
                arguments: [
                    "--config", configurations.appending(path: "\(service)/config.yaml").path,
                ],
                environment: self.environment(of: service, directory: directory, ports: ports),
                log: directory.log(of: service))
        }
        for plan in plans {
            guard FileManager.default.isExecutableFile(atPath: plan.executable.path) else {
                throw SuiteError("\(plan.executable.path) is missing: build all products first")
            }
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        try Data(EdgeProxy.configuration(ports).utf8)
            .write(to: directory.edgeConfiguration, options: .atomic)
        plans.append(
            LaunchPlan(
                name: "edge", executable: try EdgeProxy.executable(path: path),
                arguments: ["--conf=\(directory.edgeConfiguration.path)"],
                environment: ["PATH": path], log: directory.log(of: "edge")))
        return plans
    }

    /// Everything a service is told; the operator's own `COVENANT_…` settings are passed on.
    private static func environment(
        of service: String, directory: SuiteDirectory, ports: Ports
    ) -> [String: String] {
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            name.hasPrefix("COVENANT_") || ["PATH", "HOME", "TZ", "LANG"].contains(name)
                || name == "LD_LIBRARY_PATH"
        }
        var environment = [
            "COVENANT_DATA_DIRECTORY": directory.data(of: service).path,
            "COVENANT_RUN_DIRECTORY": directory.run.path,
            "COVENANT_PUBLIC_HOST": "127.0.0.1",
            "COVENANT_PUBLIC_PORT": String(ports.services[service] ?? 0),
            "COVENANT_RPC_TOKEN_FILE": directory.token(of: service).path,
            "COVENANT_RPC_PEERS_FILE": directory.peers.path,
        ]
        if service == "contracts" {
            environment["COVENANT_MAIL_MAILBOX"] = directory.mailbox.path
            environment["COVENANT_PUBLIC_BASE_URL"] = "http://127.0.0.1:\(ports.edge)"
        }
        if service == "flow-runtime" {
            // On one machine the systems that flows call are often on this machine too.
            environment["COVENANT_WORKER_HTTP_ALLOW_NETWORKS"] = "127.0.0.0/8,::1/128"
        }
        return environment.merging(inherited) { own, _ in own }
    }
}
