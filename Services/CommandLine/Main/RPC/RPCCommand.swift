import ArgumentParser

/// Asks services for what they offer, and calls them.
struct RPCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rpc",
        abstract: "Lists, describes, calls and measures the methods of any service.",
        discussion: """
            Everything is learnt from the service itself, by reflection: services this program \
            was not built with work the same. A service is named by --service (one of a suite on \
            this machine), --socket, or --host and --port (TLS with a certificate of one's own).

            On a Unix socket the caller proves its name with a token. --service takes the one of \
            the peer `operator`, which a service's configuration allows to read little and to \
            change next to nothing; another is named by --token-file.

            EXIT STATUS
              0     answered
              64    the command line or the JSON is wrong; nothing was sent
              65…80 the call failed: 64 and gRPC's number of the code
                    65 canceled            66 unknown             67 invalid_argument
                    68 deadline_exceeded   69 not_found           70 already_exists
                    71 permission_denied   72 resource_exhausted  73 failed_precondition
                    74 aborted             75 out_of_range        76 unimplemented
                    77 internal            78 unavailable         79 data_loss
                    80 unauthenticated

            EXAMPLE
              covenant rpc list --service contracts
              covenant rpc describe health.v1/Check --service contracts
              covenant rpc call health.v1/Check --service contracts
            """,
        subcommands: [
            RPCListCommand.self, RPCDescribeCommand.self, RPCCallCommand.self,
            RPCBenchCommand.self,
        ])
}
