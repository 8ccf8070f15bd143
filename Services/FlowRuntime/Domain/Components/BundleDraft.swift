package import FlowRuntimeAPI

/// A component version as somebody wants to make it.
package struct BundleDraft: Hashable, Sendable {
    /// A file as it was sent.
    package struct File: Hashable, Sendable {
        package var path: String
        /// What is in it; `nil` when that could not be read.
        package var content: [UInt8]?
        package var isExecutable: Bool

        package init(path: String, content: [UInt8]?, isExecutable: Bool) {
            self.path = path
            self.content = content
            self.isExecutable = isExecutable
        }
    }

    package var descriptor: ComponentDescriptor
    package var files: [File]

    package init(descriptor: ComponentDescriptor, files: [File]) {
        self.descriptor = descriptor
        self.files = files
    }

    /// The files; only all of them when there is no fault.
    package var readFiles: [BundleFile] {
        self.files.compactMap { file in
            file.content.map {
                BundleFile(path: file.path, content: $0, isExecutable: file.isExecutable)
            }
        }
    }

    /// Every fault, its pointer counted from the attributes; a draft without any can be stored.
    package var faults: [GraphFault] { self.functionFaults + self.fileFaults + self.sizeFaults }

    private var functionFaults: [GraphFault] {
        let functions = self.descriptor.functions
        var faults: [GraphFault] = []
        if !(1...FlowLimits.functionsMax).contains(functions.count) {
            let detail = "must have 1 to \(FlowLimits.functionsMax) triggers and actions."
            faults.append(GraphFault("/component", "invalid_value", detail))
        }
        var seen: Set<String> = []
        for function in functions {
            let pointer = "/component/\(function.group)/\(Pointer.escaped(function.name))"
            if !ComponentText.isFunction(function.name) {
                let detail = "its name must be \(ComponentText.functionExpectation)."
                faults.append(GraphFault(pointer, "invalid_value", detail))
            }
            if !seen.insert(function.name).inserted {
                let detail = "is another function's name too."
                faults.append(GraphFault(pointer, "repeated_name", detail))
            }
            faults += self.commandFaults(of: function, at: "\(pointer)/command")
        }
        return faults
    }

    private func commandFaults(
        of function: ComponentFunction, at pointer: String
    ) -> [GraphFault] {
        var faults: [GraphFault] = []
        for (index, word) in function.command.enumerated()
        where word.utf8.count > FlowLimits.commandWordBytesMax || word.utf8.contains(0) {
            let detail =
                "must have at most \(FlowLimits.commandWordBytesMax) bytes, none of them 0."
            faults.append(GraphFault("\(pointer)/\(index)", "invalid_value", detail))
        }
        guard let program = function.command.first, !program.isEmpty else {
            return faults + [GraphFault(pointer, "missing", "the program is missing.")]
        }
        // A name alone is looked up where the system has programs; anything else is a path.
        guard program.contains("/"), !program.hasPrefix("/") else { return faults }
        let path = program.hasPrefix("./") ? String(program.dropFirst(2)) : program
        guard let file = self.files.first(where: { $0.path == path }) else {
            let detail = "\"\(path)\" is no file of the version."
            return faults + [GraphFault("\(pointer)/0", "unknown_file", detail)]
        }
        if !file.isExecutable {
            let detail = "\"\(path)\" is not marked as executable."
            faults.append(GraphFault("\(pointer)/0", "not_executable", detail))
        }
        return faults
    }

    private var fileFaults: [GraphFault] {
        var faults: [GraphFault] = []
        var seen: Set<String> = [ComponentDescriptor.fileName]
        let folders = Set(self.files.flatMap { Self.folders(of: $0.path) })
        for (index, file) in self.files.enumerated() {
            let pointer = "/files/\(index)"
            if !Self.isPath(file.path) {
                let detail =
                    "must be names of letters, digits, ., _ and - joined by /, none of them . or .."
                    + ", at most \(FlowLimits.bundlePathBytesMax) bytes."
                faults.append(GraphFault("\(pointer)/path", "invalid_value", detail))
            }
            if !seen.insert(file.path).inserted || folders.contains(file.path) {
                let detail = "is the path of another file or folder too."
                faults.append(GraphFault("\(pointer)/path", "repeated_path", detail))
            }
            if file.content == nil {
                let detail = "must be Base64, as \"encoding\" says."
                faults.append(GraphFault("\(pointer)/content", "invalid_value", detail))
            }
        }
        return faults
    }

    private var sizeFaults: [GraphFault] {
        let bytes = self.files.reduce(0) { $0 + ($1.content?.count ?? 0) }
        if bytes <= FlowLimits.bundleBytesMax { return [] }
        let detail = "have \(bytes) bytes together; \(FlowLimits.bundleBytesMax) are allowed."
        return [GraphFault("/files", "too_large", detail)]
    }

    /// The folders that a file's path leads through.
    private static func folders(of path: String) -> [String] {
        let names = path.split(separator: "/")
        return names.indices.dropFirst().map { names[..<$0].joined(separator: "/") }
    }

    private static func isPath(_ path: String) -> Bool {
        (1...FlowLimits.bundlePathBytesMax).contains(path.utf8.count)
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { name in
                !name.isEmpty && name != "." && name != ".."
                    && name.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"),
                            UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                            UInt8(ascii: "_"), UInt8(ascii: "-"):
                            true
                        default: false
                        }
                    }
            }
    }
}
