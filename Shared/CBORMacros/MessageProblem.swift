import SwiftDiagnostics
import SwiftSyntax

/// Something that `@Message` cannot code, with the place to point at.
struct MessageProblem: Error {
    /// The kind of problem; each has its own sentence.
    enum Kind: Equatable {
        case notStructOrEnum
        case ownCoding
        case conditionalMembers
        case wrapped(String)
        case lazy(String)
        case constant(String)
        case pattern
        case noType(String)
        case unsupportedType(String, String)
        case genericType(String, String)
        case keysNotEnum
        case keyType(String)
        case keyValue(String)
        case keyMissing(String)
        case enumKeys
        case rawType(String)
        case noCases
    }

    let kind: Kind
    let node: Syntax

    init(_ kind: Kind, _ node: some SyntaxProtocol) {
        self.kind = kind
        self.node = Syntax(node)
    }

    var diagnostic: Diagnostic { Diagnostic(node: self.node, message: self) }
}

extension MessageProblem: DiagnosticMessage {
    var severity: DiagnosticSeverity { .error }
    var diagnosticID: MessageID { MessageID(domain: "CBORMacros", id: "\(self.kind)") }

    var message: String {
        switch self.kind {
        case .notStructOrEnum: "@Message is for structs and enums"
        case .ownCoding:
            "@Message writes what the compiler's Codable would; this type writes its own: conform "
                + "it to CBORMessage by hand"
        case .conditionalMembers: "@Message cannot see what #if leaves in; move it out of the type"
        case .wrapped(let name):
            "@Message does not know how the wrapper of '\(name)' is coded"
        case .lazy(let name): "'\(name)' is lazy, which Codable does not code; make it computed"
        case .constant(let name):
            "'\(name)' is a constant that decoding cannot set; make it static or a variable"
        case .pattern: "@Message needs a variable of its own for each property"
        case .noType(let name): "@Message needs the type of '\(name)' written out"
        case .unsupportedType(let name, let type):
            "'\(name)' is of type '\(type)', which has no shape in CBOR"
        case .genericType(let name, let parameter):
            "'\(name)' depends on '\(parameter)'; a message looks the same whatever its parameters"
        case .keysNotEnum: "@Message reads keys from an enum named CodingKeys only"
        case .keyType(let type):
            "CodingKeys is of type '\(type)'; use Int for numbers, String or nothing for text"
        case .keyValue(let name): "the key of '\(name)' is not a plain literal"
        case .keyMissing(let name):
            "'\(name)' has no key in CodingKeys and no initial value to take when decoded"
        case .enumKeys:
            "@Message codes cases by their own names; conform this enum to CBORMessage by hand"
        case .rawType(let type): "raw values of type '\(type)' are not coded by @Message"
        case .noCases: "an enum without cases has no values to code"
        }
    }
}
