import Foundation

/// Where the files of one suite are, below its data directory.
///
/// Everything is private to the user who runs the suite (0700).
struct SuiteDirectory: Sendable {
    /// The data directory, absolute.
    let root: URL

    init(_ path: String) {
        self.root = URL(filePath: path, directoryHint: .isDirectory).absoluteURL.standardizedFileURL
    }

    /// Ready files and sockets.
    var run: URL { self.root.appending(path: "run", directoryHint: .isDirectory) }
    /// One log file a process.
    var logs: URL { self.root.appending(path: "logs", directoryHint: .isDirectory) }
    /// One token file a peer.
    var secrets: URL { self.root.appending(path: "secrets", directoryHint: .isDirectory) }
    /// Invitations and notices, one file a message, when no mailer is configured.
    var mailbox: URL { self.root.appending(path: "mailbox", directoryHint: .isDirectory) }
    /// The running suite, as `covenant up` prints it.
    var summary: URL { self.run.appending(path: "suite.json") }
    /// Held by the supervisor for as long as it lives.
    var lock: URL { self.run.appending(path: "supervisor.lock") }
    /// The ports chosen at the first start, kept so that the edge's configuration stays true.
    var ports: URL { self.root.appending(path: "ports.json") }
    /// The edge proxy's configuration, written anew at each start.
    var edgeConfiguration: URL { self.run.appending(path: "edge.conf") }
    /// The first Tenant Admin's credentials, written once by identity.
    var firstAdmin: URL { self.data(of: "identity").appending(path: "first-admin.json") }

    /// A service's own data.
    func data(of service: String) -> URL {
        self.root.appending(path: service, directoryHint: .isDirectory)
    }

    /// Where a service says that it is ready, and at which ports.
    func readyFile(of service: String) -> URL { self.run.appending(path: "\(service).json") }

    /// A service's internal socket.
    func socket(of service: String) -> URL { self.run.appending(path: "\(service).sock") }

    /// What a process writes to standard output and error.
    func log(of process: String) -> URL { self.logs.appending(path: "\(process).log") }

    /// A peer's token.
    func token(of peer: String) -> URL { self.secrets.appending(path: "\(peer).token") }

    /// The digests by which peers recognise each other's tokens.
    var peers: URL { self.secrets.appending(path: "peers") }

    /// Makes what is missing.
    ///
    /// - Throws: `SuiteError` when the socket paths would be longer than the system allows.
    func create() throws {
        let longest = self.socket(of: Suite.services.max { $0.count < $1.count } ?? "").path
        guard longest.utf8.count <= Self.socketPathBytesMax else {
            throw SuiteError(
                "\(longest) is longer than the \(Self.socketPathBytesMax) bytes a socket path may "
                    + "have: choose a shorter --data directory")
        }
        for directory in [self.root, self.run, self.logs, self.secrets, self.mailbox]
            + Suite.services.map(self.data(of:))
        {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
    }

    /// Bytes of a Unix socket's path, the terminating zero not counted (unix(7)).
    private static let socketPathBytesMax = 107
}

/// A failure that is told to the operator as it is.
struct SuiteError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
