public import Identifiers
public import RPC

/// Asks, as a worker, for the files of a component version that its flow uses.
///
/// A stale pass, and a version that the flow does not use, are `permission_denied`.
@Message
public struct FetchBundle: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "FetchBundle"
    public static let repetition = Repetition.safe

    /// Who asks.
    public var pass: WorkerPass
    /// The version.
    public var version: ComponentVersionID

    /// The bundle.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// What the program finds in its folder, `component.json` among it.
        public var files: [BundleFile]

        /// Makes the reply.
        public init(files: [BundleFile]) { self.files = files }

        enum CodingKeys: Int, CodingKey { case files = 1 }
    }

    /// Makes the request.
    public init(pass: WorkerPass, version: ComponentVersionID) {
        self.pass = pass
        self.version = version
    }

    enum CodingKeys: Int, CodingKey {
        case pass = 1
        case version = 2
    }
}

/// A file of a component version.
@Message
public struct BundleFile: Codable, Hashable, Sendable {
    /// Where it is below the program's folder: names joined by `/`, none of them `.` or `..`.
    public var path: String
    /// What is in it.
    public var content: [UInt8]
    /// Whether it can be executed.
    public var isExecutable: Bool

    /// Makes a file.
    public init(path: String, content: [UInt8], isExecutable: Bool = false) {
        self.path = path
        self.content = content
        self.isExecutable = isExecutable
    }

    enum CodingKeys: Int, CodingKey {
        case path = 1
        case content = 2
        case isExecutable = 3
    }
}

/// The program of a component that carries out a step.
@Message
public struct StepProgram: Codable, Hashable, Sendable {
    /// Whose files it is started among.
    public var version: ComponentVersionID
    /// Which of the component's functions is meant.
    public var function: String
    /// The program and its arguments.
    public var command: [String]
    /// How long it may take for one message, in milliseconds.
    public var millisecondsMax: Int64

    /// Makes a program.
    public init(
        version: ComponentVersionID, function: String, command: [String], millisecondsMax: Int64
    ) {
        self.version = version
        self.function = function
        self.command = command
        self.millisecondsMax = millisecondsMax
    }

    enum CodingKeys: Int, CodingKey {
        case version = 1
        case function = 2
        case command = 3
        case millisecondsMax = 4
    }
}
