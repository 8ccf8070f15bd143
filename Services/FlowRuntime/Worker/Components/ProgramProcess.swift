import CWorkerProcess
import FlowRuntimeDomain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a program did not answer a line with a line.
enum ProgramTrouble: Error, Hashable, Sendable {
    /// It could not be started.
    case notStarted(String)
    /// It ended; with what it last wrote to standard error.
    case ended(String)
    /// It took too long.
    case late
    /// It wrote what nobody asked for, or answered before it had read the request.
    case spokeUnasked
    /// Its line is longer than is taken.
    case tooLong
}

/// A program that runs; when the value goes, the program and its group are killed.
///
/// To be made and used on one thread that lives as long as it.
struct ProgramProcess: ~Copyable {
    private let pid: Int32
    private let process: Int32
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    /// What it has written and nobody has taken.
    private var written: [UInt8] = []
    /// The end of what it wrote to standard error.
    private var complaint: [UInt8] = []
    /// Whether it will write no more lines.
    private var hasStopped = false
    /// Whether it will complain no more.
    private var isSilent = false

    /// Starts a program in a folder.
    init(_ command: [String], in folder: String, _ place: ProgramPlace) throws(ProgramTrouble) {
        guard let path = place.path(of: command.first ?? "", in: folder) else {
            throw .notStarted("\(command.first ?? "") is not found")
        }
        let confinement = cwp_confinement_open(folder)
        defer { if confinement >= 0 { close(confinement) } }
        guard confinement >= 0 || place.trustsComponents else {
            throw .notStarted("the kernel can not confine programs (errno \(errno))")
        }
        let pipes = try PipeEnds()
        let arguments = CStrings([path] + command.dropFirst())
        let variables = CStrings(place.environment(in: folder))
        let home = CStrings([folder])
        var orders = cwp_orders(
            path: arguments.first, arguments: arguments.pointer, environment: variables.pointer,
            input: pipes.childInput, output: pipes.childOutput, errors: pipes.childErrors,
            folder: home.first, confinement: confinement, cgroup_procs: -1,
            memory_bytes_max: .max, files_max: .max)
        var (pid, process): (pid_t, Int32) = (0, -1)
        var stage = CWP_STAGE_NONE
        let error = cwp_spawn(&orders, &pid, &process, &stage)
        guard error == 0 else {
            throw .notStarted("\(path): stage \(stage.rawValue), errno \(error)")
        }
        self.pid = pid
        self.process = process
        (self.input, self.output, self.errors) = pipes.keep()
    }

    deinit {
        kill(-self.pid, SIGKILL)
        _ = cwp_pidfd_signal(self.process, SIGKILL)
        var entry = pollfd(fd: self.process, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, -1) < 0, errno == EINTR {}
        var (code, signal): (Int32, Int32) = (0, 0)
        _ = cwp_reap(self.process, &code, &signal)
        for descriptor in [self.process, self.input, self.output, self.errors] {
            close(descriptor)
        }
    }

    /// Writes a line and gives the line that answers it, without its end.
    mutating func answer(
        to line: [UInt8], within milliseconds: Int64
    ) throws(ProgramTrouble) -> [UInt8] {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        self.read()
        guard self.written.isEmpty else { throw .spokeUnasked }
        var rest = line[...]
        while true {
            let left = ContinuousClock.now.duration(to: end).microseconds / 1_000
            guard left > 0 else { throw .late }
            rest = self.exchange(rest, milliseconds: left)
            if let end = self.written.firstIndex(of: UInt8(ascii: "\n")) {
                guard end == self.written.count - 1, rest.isEmpty else { throw .spokeUnasked }
                defer { self.written = [] }
                return Array(self.written[..<end])
            }
            guard self.written.count <= FlowLimits.programLineBytesMax else { throw .tooLong }
            guard !self.hasStopped else {
                self.listen()
                throw .ended(String(decoding: self.complaint, as: UTF8.self))
            }
        }
    }

    /// Whether it has ended, having said nothing that nobody asked for.
    mutating func hasEnded() -> Bool {
        self.read()
        return self.hasStopped && self.written.isEmpty
    }

    /// Waits until something can be read or written, does so, and gives what is left to write.
    private mutating func exchange(
        _ rest: ArraySlice<UInt8>, milliseconds: Int64
    ) -> ArraySlice<UInt8> {
        var entries = [
            pollfd(fd: self.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: self.isSilent ? -1 : self.errors, events: Int16(POLLIN), revents: 0),
            pollfd(fd: rest.isEmpty ? -1 : self.input, events: Int16(POLLOUT), revents: 0),
        ]
        guard poll(&entries, nfds_t(entries.count), Int32(clamping: milliseconds)) > 0 else {
            return rest
        }
        if entries[1].revents != 0 { self.listen() }
        let left = entries[2].revents != 0 ? self.write(rest) : rest
        if entries[0].revents != 0 { self.read() }
        return left
    }

    /// Takes what the program has written.
    private mutating func read() {
        var piece = [UInt8](repeating: 0, count: 16 * 1_024)
        while self.written.count <= FlowLimits.programLineBytesMax {
            let count = Glibc.read(self.output, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            if count == 0 { self.hasStopped = true }
            guard count > 0 else { return }
            self.written += piece[..<count]
        }
    }

    /// Keeps the end of what the program complains of; what it does not get rid of would stop it.
    private mutating func listen() {
        var piece = [UInt8](repeating: 0, count: 4 * 1_024)
        for _ in 0..<64 {
            let count = Glibc.read(self.errors, &piece, piece.count)
            if count == 0 { self.isSilent = true }
            guard count > 0 else { return }
            self.complaint += piece[..<count]
            self.complaint = self.complaint.suffix(FlowLimits.programComplaintBytesMax)
        }
    }

    /// Writes what can be written now, and gives the rest; nothing when nobody will read it.
    private func write(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let count = rest.withUnsafeBytes { Glibc.write(self.input, $0.baseAddress, $0.count) }
        if count >= 0 { return rest.dropFirst(count) }
        return errno == EAGAIN || errno == EINTR ? rest : []
    }
}

/// Three pipes between the worker and a program, the worker's ends without waiting.
private struct PipeEnds: ~Copyable {
    let childInput: Int32
    let childOutput: Int32
    let childErrors: Int32
    private let own: (input: Int32, output: Int32, errors: Int32)
    private var isKept = false

    init() throws(ProgramTrouble) {
        var numbers: [Int32] = []
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                for number in numbers { close(number) }
                throw .notStarted("there are no descriptors: errno \(errno)")
            }
            numbers += ends
        }
        (self.childInput, self.childOutput, self.childErrors) = (
            numbers[0], numbers[3], numbers[5]
        )
        self.own = (numbers[1], numbers[2], numbers[4])
        for number in [self.own.input, self.own.output, self.own.errors] {
            _ = fcntl(number, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        for number in [self.childInput, self.childOutput, self.childErrors] { close(number) }
        guard !self.isKept else { return }
        for number in [self.own.input, self.own.output, self.own.errors] { close(number) }
    }

    /// The worker's ends, which are the caller's to close from now on.
    consuming func keep() -> (input: Int32, output: Int32, errors: Int32) {
        self.isKept = true
        return self.own
    }
}
