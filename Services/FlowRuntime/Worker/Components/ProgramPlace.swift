import FlowRuntimeAPI
import FlowRuntimeDomain
import Foundation

/// Where and how the programs of components run in this worker.
struct ProgramPlace: Sendable {
    /// The worker's own folder; made when the first program needs it.
    let folder: String
    /// Whether programs run also where the kernel can not confine them.
    let trustsComponents: Bool
    /// What the environment says of whose processes these are, so that they are found when the
    /// worker has ended.
    let marks: [String]

    /// Reads the marks from this process's environment, before that is emptied.
    static func inheritedMarks() -> [String] {
        var marks: [String] = []
        for name in [WorkerVariables.worker, WorkerVariables.contract] {
            if let value = getenv(name) { marks.append("\(name)=\(String(cString: value))") }
        }
        return marks
    }

    /// All that a program finds in its environment.
    func environment(in folder: String) -> [String] {
        self.marks + [
            "PATH=\(Self.path.joined(separator: ":"))", "LANG=C.UTF-8", "HOME=\(folder)",
            "TMPDIR=\(folder)",
        ]
    }

    /// Where the system has programs.
    private static let path = ["/usr/local/bin", "/usr/bin", "/bin"]

    /// The path of a program; `nil` when there is none.
    func path(of program: String, in folder: String) -> String? {
        if program.hasPrefix("/") { return program }
        if program.contains("/") { return "\(folder)/\(program)" }
        return Self.path.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// Writes the files of a step's component into a folder of the step's own, and gives its path.
    func makeFolder(of step: String, with files: [BundleFile]) throws -> String {
        let root = URL(filePath: self.folder).appending(path: step)
        try self.makeFolder(root)
        for file in files {
            let place = root.appending(path: file.path)
            try self.makeFolder(place.deletingLastPathComponent())
            let mode = file.isExecutable ? 0o700 : 0o600
            let isMade = FileManager.default.createFile(
                atPath: place.path, contents: Data(file.content),
                attributes: [.posixPermissions: mode])
            guard isMade else { throw CocoaError(.fileWriteUnknown) }
        }
        return root.path
    }

    private func makeFolder(_ folder: URL) throws {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }
}
