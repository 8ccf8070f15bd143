import ContractsAPI
import DeletionOrchestratorAPI
import FlowRuntimeAPI
import Foundation
import IdentityAPI
import RPC

/// What the services promise on the wire, written out so that a change of it shows as a diff.
enum APIDump {
    static let methods: [String: [RPCMethodDeclaration]] = [
        "Identity": Identity.methods, "Contracts": Contracts.methods,
        "FlowRuntime": FlowRuntime.methods, "DeletionOrchestrator": DeletionOrchestrator.methods,
    ]

    /// The methods of a service, then every public declaration of its API room that shapes bytes.
    static func text(of service: String) -> String {
        var lines = self.methods[service, default: []].map { method in
            "\(method.path) \(method.kind.rawValue) \(method.repetition.rawValue)"
        }
        for file in Repository.swiftFiles(below: "Services/\(service)/API") {
            lines.append("")
            lines.append("# \(file.name)")
            lines += file.lines.filter(self.shapesBytes).map(self.tidied)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a line declares a message, a field, a case, a key, a name or a limit.
    private static func shapesBytes(_ line: Substring) -> Bool {
        let text = line.drop { $0 == " " }
        return text.hasPrefix("public struct ") || text.hasPrefix("public enum ")
            || text.hasPrefix("public var ") || text.hasPrefix("public static let ")
            || text.hasPrefix("public typealias ") || text.hasPrefix("case ")
            || text.hasPrefix("enum CodingKeys")
    }

    private static func tidied(_ line: Substring) -> String {
        var text = String(line)
        while text.hasSuffix(" ") || text.hasSuffix("{") { text.removeLast() }
        return text
    }
}
