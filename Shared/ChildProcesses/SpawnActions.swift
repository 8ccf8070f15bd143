import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What is done in a new process before its program runs.
struct SpawnActions: ~Copyable {
    private var actions = posix_spawn_file_actions_t()
    private var attributes = posix_spawnattr_t()

    init() {
        posix_spawn_file_actions_init(&self.actions)
        posix_spawnattr_init(&self.attributes)
        var signals = sigset_t()
        // Threads that run tasks block nearly all signals, and a child inherits that.
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&self.attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&self.attributes, &signals)
        // A group of its own: what a terminal sends reaches the program that started it, which ends it
        // in order.
        posix_spawnattr_setpgroup(&self.attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&self.attributes, Int16(flags))
    }

    deinit {
        var (actions, attributes) = (self.actions, self.attributes)
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }

    /// Makes a standard file an open one, or `/dev/null`.
    mutating func redirect(_ standard: Int32, to file: Int32?, orNothing flags: Int32) {
        if let file {
            posix_spawn_file_actions_adddup2(&self.actions, file, standard)
        } else {
            posix_spawn_file_actions_addopen(&self.actions, standard, "/dev/null", flags, 0)
        }
    }

    /// Closes every file that is open now but the standard ones.
    mutating func closeOthers() {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        let listing = dirfd(folder)
        while let entry = readdir(folder) {
            // The name is as long as it is: the whole member may reach beyond what was read.
            let name = UnsafeRawPointer(entry) + Self.nameOffset
            let file = Int32(String(cString: name.assumingMemoryBound(to: CChar.self)))
            guard let file, file > 2, file != listing else { continue }
            posix_spawn_file_actions_addclose(&self.actions, file)
        }
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19

    /// Starts a program; 0, or the number of the error.
    mutating func spawn(
        _ id: inout Int32, _ program: String, _ arguments: [UnsafeMutablePointer<CChar>?],
        _ environment: [UnsafeMutablePointer<CChar>?]
    ) -> Int32 {
        posix_spawn(&id, program, &self.actions, &self.attributes, arguments, environment)
    }
}

/// Texts as C has lists of them: pointers, the last of which is null.
enum CStringList {
    /// Lends a list for the length of a call.
    static func with<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let list = texts.map { strdup($0) }
        defer { for text in list { free(text) } }
        return body(list + [nil])
    }
}
