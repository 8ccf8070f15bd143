import FlowRuntimeAPI
import Foundation
import Identifiers
import JSONAPI

/// The components that are kept as examples beside the description of their protocol.
enum ExampleComponents {
    /// An example: its `component.json` and its other files.
    struct Example {
        let descriptor: JSON
        let files: [BundleFile]

        /// The body of a request that adds it as a version.
        var version: String {
            let files = self.files.map { file -> JSON in
                [
                    "path": .string(file.path),
                    "content": .string(String(decoding: file.content, as: UTF8.self)),
                    "executable": .bool(file.isExecutable),
                ]
            }
            let body: JSON = [
                "data": [
                    "type": "component-version",
                    "attributes": ["component": self.descriptor, "files": .array(files)],
                ]
            ]
            return body.text
        }
    }

    static let names = ["greeter", "counter"]

    static func read(_ name: String) throws -> Example {
        let folder = Self.folder.appending(path: name)
        var descriptor = JSON.null
        var files: [BundleFile] = []
        for path in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let file = folder.appending(path: path)
            let content = Array(try Data(contentsOf: file))
            if path == "component.json" {
                descriptor = try JSON(parsing: content)
            } else {
                let isExecutable = FileManager.default.isExecutableFile(atPath: file.path)
                files.append(
                    BundleFile(path: path, content: content, isExecutable: isExecutable))
            }
        }
        return Example(descriptor: descriptor, files: files)
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Services/FlowRuntime/Examples")
}
