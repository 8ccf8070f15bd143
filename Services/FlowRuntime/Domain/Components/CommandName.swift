package import Identifiers

/// A command that names a function of a component: `team/component:function@version`.
///
/// Built-in commands, those of the team `core`, are none.
package struct CommandName: Hashable, Sendable {
    /// Which version of the component is meant.
    package enum Version: Hashable, Sendable {
        /// The newest when the graph is stored; also what is meant by saying nothing.
        case latest
        case number(Int)
        case id(ComponentVersionID)
    }

    /// The team that built-in components seem to belong to.
    package static let builtInTeam = "core"

    package var team: String
    package var component: String
    package var function: String
    package var version: Version

    /// Reads a command; `nil` when it cannot name a function of a component.
    package init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let rest = text[text.index(after: slash)...]
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        let end = rest[rest.index(after: colon)...]
        let mark = end.firstIndex(of: "@")
        let version = mark.map { end[end.index(after: $0)...] } ?? Substring("latest")
        self.team = String(text[..<slash])
        self.component = String(rest[..<colon])
        self.function = String(end[..<(mark ?? end.endIndex)])
        guard let version = Version(version), self.team != Self.builtInTeam, !self.team.isEmpty,
            ComponentText.isName(self.component), ComponentText.isFunction(self.function)
        else { return nil }
        self.version = version
    }

    /// The command with its version said by its id, which is never another's.
    package func pinned(to version: ComponentVersionID) -> String {
        "\(self.team)/\(self.component):\(self.function)@\(version)"
    }
}

extension CommandName.Version {
    fileprivate init?(_ text: Substring) {
        if text == "latest" {
            self = .latest
        } else if let id = ComponentVersionID(String(text)) {
            self = .id(id)
        } else if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) {
            self = .number(number)
        } else {
            return nil
        }
    }
}

/// What the names in commands are made of.
package enum ComponentText {
    package static let nameCharacters = 1...64
    package static let nameExpectation =
        "1 to 64 lower-case letters, digits and -, beginning with a letter or digit"
    package static let namePattern = "^[a-z0-9][a-z0-9-]{0,63}$"
    package static let functionExpectation = "1 to 64 letters, digits, _ or -"

    /// Whether a component can be called this.
    package static func isName(_ text: String) -> Bool {
        self.nameCharacters.contains(text.utf8.count) && !text.hasPrefix("-")
            && text.utf8.allSatisfy {
                self.isDigit($0) || self.isLowerCase($0) || $0 == UInt8(ascii: "-")
            }
    }

    /// Whether a function of a component can be called this.
    package static func isFunction(_ text: String) -> Bool {
        self.nameCharacters.contains(text.utf8.count)
            && text.utf8.allSatisfy {
                self.isDigit($0) || self.isLowerCase($0 | 0x20)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
