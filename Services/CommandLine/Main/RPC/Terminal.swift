import ArgumentParser
import CommandLineDomain
import Foundation

/// What the next program reads.
enum StandardOutput {
    /// Writes a line, at once: a stream's items may be far apart.
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }
}

/// What is for the person at the terminal and not for the next program.
enum StandardError {
    /// Writes a line.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}

/// Where a message comes from.
enum MessageSource {
    /// The text itself, the content of `@FILE`, or for `-` all of standard input.
    static func text(_ argument: String) throws -> String {
        if argument == "-" {
            let input = try FileHandle.standardInput.readToEnd() ?? Data()
            return String(decoding: input, as: UTF8.self)
        }
        guard argument.hasPrefix("@") else { return argument }
        let path = String(argument.dropFirst())
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Times that are given in seconds.
enum Seconds {
    /// Refuses what is too short or too long to mean anything.
    static func check(_ seconds: Double) throws {
        guard (0.001...86_400).contains(seconds) else {
            throw ValidationError("--timeout is 0.001 to 86400 seconds.")
        }
    }
}

extension MethodName {
    /// Reads the name of a method to call.
    init(calling text: String) throws {
        guard let name = MethodName(text), name.method != nil else {
            throw ValidationError("\(text) is not SERVICE/METHOD.")
        }
        self = name
    }
}
