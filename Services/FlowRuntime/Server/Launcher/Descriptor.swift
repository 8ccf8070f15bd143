#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open descriptor, closed when its owner lets go of it.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    /// Opens a file; `nil` when it can not be.
    init?(opening path: String, _ flags: Int32) {
        let number = open(path, flags | O_CLOEXEC)
        guard number >= 0 else { return nil }
        self.number = number
    }

    deinit { close(self.number) }
}

/// Small files of the kernel's.
enum KernelFile {
    /// Bytes read of one file at most.
    private static let bytesMax = 256 * 1_024

    /// What a file holds; `nil` when it can not be read.
    static func bytes(_ path: String) -> [UInt8]? {
        guard let file = Descriptor(opening: path, O_RDONLY) else { return nil }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while content.count < self.bytesMax {
            let count = read(file.number, &piece, piece.count)
            if count < 0 { return nil }
            if count == 0 { break }
            content += piece[..<count]
        }
        return content
    }

    /// What a file holds, as lines.
    static func lines(_ path: String) -> [Substring]? {
        self.bytes(path).map { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
    }

    /// Writes a text to a file that exists; whether it was taken.
    @discardableResult
    static func write(_ text: String, to path: String) -> Bool {
        guard let file = Descriptor(opening: path, O_WRONLY) else { return false }
        let bytes = Array(text.utf8)
        return Glibc.write(file.number, bytes, bytes.count) == bytes.count
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
