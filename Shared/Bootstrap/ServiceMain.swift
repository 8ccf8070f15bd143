import Logging
import Metrics
import NIOCore
import NIOPosix
import PublicHTTP
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What every service's main does.
public enum ServiceMain {
    /// Runs a service until SIGTERM or SIGINT, then drains it and ends the process.
    ///
    /// Reads the configuration, sets up logs and figures, lets `makeParts` make the service, opens
    /// the listeners, and writes the ready file. Ends with status 0 after a drain, 64 for a
    /// configuration that cannot be used (all its problems are on standard error, and nothing was
    /// opened), 1 for any other failure.
    ///
    /// - Parameters:
    ///   - name: The service's name as a process, for example `flow-runtime`.
    ///   - about: What it does, for `--help`.
    ///   - settings: What can be configured besides the settings every service has.
    ///   - peers: The services it calls; each gets a setting for its endpoint and a readiness check.
    public static func run(
        _ name: String, about: String, settings: [Setting] = [], peers: [String] = [],
        _ makeParts: @escaping @Sendable (ServiceContext) async throws -> ServiceParts
    ) async -> Never {
        let all = StandardSettings.all(of: name, peers: peers) + settings
        if CommandLine.arguments.dropFirst().contains("--help") {
            print(HelpText(service: name, about: about, settings: all).text, terminator: "")
            exit(EXIT_SUCCESS)
        }
        let configuration: ServiceConfiguration
        let level: Logger.Level
        do {
            configuration = try ConfigurationLoader(
                settings: all, arguments: CommandLine.arguments,
                environment: Self.environment, readFile: SystemFiles.read
            ).load()
            level = try Self.level(configuration)
        } catch {
            StandardError.write(Array("\(error.description)\n".utf8))
            exit(EX_USAGE)
        }
        // A peer that goes away in the middle of a write is an error of that write, not a signal.
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { label in
            JSONLogHandler(service: name, label: label, level: level)
        }
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: name)
        let threads = configuration.integer("threads")
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: threads > 0 ? threads : System.coreCount)
        do {
            let start = ServiceStart(
                name: name, peers: peers, configuration: configuration, logger: logger,
                metrics: metrics, group: group, makeParts: makeParts)
            let service = try await start.open()
            logger.notice(
                "listening",
                metadata: [
                    "public_port": .stringConvertible(service.publicListener.port),
                    "admin_port": .stringConvertible(service.adminListener.port),
                    "rpc_socket": .string(service.readyFile.rpcSocket),
                ])
            try await Self.serviceGroup(service).run()
            logger.notice("ended")
            exit(EXIT_SUCCESS)
        } catch let error as ConfigurationError {
            StandardError.write(Array("\(error.description)\n".utf8))
            exit(EX_USAGE)
        } catch {
            logger.critical("the service failed", error: error)
            exit(EXIT_FAILURE)
        }
    }

    /// The group that runs a service and ends it on a signal.
    static func serviceGroup(_ service: RunningService) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: service.services(), gracefulShutdownSignals: [.sigterm, .sigint],
            logger: service.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(
            2 * service.graceSeconds + Self.closingSecondsMax)
        return ServiceGroup(configuration: configuration)
    }

    /// How long everything but draining may take at the end.
    private static let closingSecondsMax = 10

    private static func level(
        _ configuration: ServiceConfiguration
    ) throws(ConfigurationError) -> Logger.Level {
        let text = configuration.text("log.level")
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("log.level must be one of \(levels), not \"\(text)\"")
        }
        return level
    }

    private static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }
}
