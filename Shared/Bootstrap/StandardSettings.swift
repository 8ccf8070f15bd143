import RPC

/// The settings that every service has.
enum StandardSettings {
    static func all(of service: String, peers: [String]) -> [Setting] {
        [
            .text("data.directory", default: "data/\(service)", "What must survive: the database."),
            .text("run.directory", default: "run", "Sockets and ready files, for one machine."),
            .text("log.level", default: "info", "trace, debug, info, notice, warning or error."),
            .integer("threads", 0...256, default: 0, "Event loops; 0 for one a core."),
            .integer("shutdown.seconds-max", 1...3600, default: 25, "How long draining may take."),
            .text("public.host", default: "127.0.0.1", "Address of the public listener."),
            .integer("public.port", 0...65_535, default: 0, "Its port; 0 lets the system pick."),
            .text("public.tls.certificate", "PEM file of its certificate chain; enables TLS."),
            .text("public.tls.key", "PEM file of its private key."),
            .list(
                "public.trusted-proxies",
                "IP addresses whose X-Forwarded-For and -Proto are believed; loopback if unset."),
            .integer(
                "public.requests-max", 1...1_000_000, default: 2_000,
                "Public requests handled at once."),
            .integer(
                "public.request-seconds-max", 1...3600, default: 30,
                "How long one may take before it is answered with 504."),
            .integer(
                "public.body-bytes-max", 1...1_073_741_824, default: 1_048_576,
                "A request's body, unless the operation says otherwise."),
            .integer("admin.port", 0...65_535, default: 0, "Port of the loopback listener."),
            .text("rpc.socket", "Unix socket for peers; <run.directory>/\(service).sock if unset."),
            .text("rpc.tcp.host", "Address of the listener for peers on other hosts."),
            .integer("rpc.tcp.port", 0...65_535, default: 0, "Its port; 0 lets the system pick."),
            .integer(
                "rpc.running-min", 1...1_000_000, default: RPCServerLimits().runningMin,
                "Peers' calls that are always carried at once; beyond, load decides."),
            .integer(
                "rpc.running-max", 1...1_000_000, default: RPCServerLimits().runningMax,
                "Peers' calls carried at once however quickly they are answered."),
            .integer(
                "rpc.long-running-max", 1...1_000_000, default: RPCServerLimits().longRunningMax,
                "Streams and calls of long methods open at once."),
            .text("rpc.tls.certificate", "PEM file of the certificate shown to peers."),
            .text("rpc.tls.key", "PEM file of its private key."),
            .text("rpc.tls.authority", "PEM file of the authority that signs peers."),
            .text("rpc.token-file", "File with this service's name and token, NAME:TOKEN."),
            .text("rpc.peers-file", "File of the digests of peers' tokens, NAME SHA-256 a line."),
        ]
            + peers.map {
                .text(
                    "peers.\($0).endpoint",
                    "Where \($0) answers: unix:PATH or HOST:PORT, several by commas, or dns:HOST:PORT; its socket if unset."
                )
            }
    }
}
