import CJQ

/// Why a jq program gave nothing.
enum JQError: Error, Hashable {
    /// It does not compile.
    case notCompiled(String)
    /// Its input is not JSON that jq reads.
    case unreadable(String)
    /// It ended in an error, or halted.
    case failed(String)
    /// It gave more than is taken from one program.
    case tooLarge
    /// It took too long; the process must end.
    case stuck
}

/// A compiled jq program.
///
/// It sees neither the environment nor files nor further inputs. Not thread-safe; nothing bounds
/// the time and memory a program takes but whoever runs the process.
struct JQProgram: ~Copyable {
    private let state: OpaquePointer
    private let complaints: JQComplaints

    /// Compiles a program, which takes tens of milliseconds.
    static func compile(_ text: String) throws(JQError) -> JQProgram {
        guard let state = jq_init() else { throw .failed("there is no memory for a program") }
        let complaints = JQComplaints()
        jq_set_input_cb(state, nil, nil)
        jq_set_debug_cb(state, nil, nil)
        jq_set_error_cb(state, JQComplaints.collect, complaints.pointer)
        jq_set_attr(state, jv_string("JQ_LIBRARY_PATH"), jv_array())
        let program = JQProgram(state: state, complaints: complaints)
        guard jq_compile(state, text) != 0 else {
            throw .notCompiled(complaints.take() ?? "it does not compile")
        }
        return program
    }

    private init(state: OpaquePointer, complaints: JQComplaints) {
        self.state = state
        self.complaints = complaints
    }

    deinit {
        var state: OpaquePointer? = self.state
        jq_teardown(&state)
    }

    /// Every value the program makes of a JSON text, as JSON texts of `bytesMax` together at most.
    func values(of input: String, bytesMax: Int) throws(JQError) -> [String] {
        jq_start(self.state, try Self.parse(input), 0)
        // Lets go of what the program still holds when the run is left early.
        defer { jq_start(self.state, jv_null(), 0) }
        var values: [String] = []
        var bytesLeft = bytesMax
        while true {
            let value = jq_next(self.state)
            guard Self.isValid(value) else {
                try self.check(end: value)
                return values
            }
            let text = Self.text(of: jv_dump_string(value, 0))
            bytesLeft -= text.utf8.count
            guard bytesLeft >= 0, values.count < JQLimits.valuesMax else { throw .tooLarge }
            values.append(text)
        }
    }

    /// Throws unless the program ended as programs should; takes `end`.
    private func check(end: jv) throws(JQError) {
        let message = jv_invalid_get_msg(end)
        if jq_halted(self.state) != 0 {
            jv_free(message)
            throw .failed("the program halted")
        }
        switch jv_get_kind(message) {
        case JV_KIND_NULL: jv_free(message)
        case JV_KIND_STRING: throw .failed(JQLimits.shortened(Self.text(of: message)))
        default: throw .failed(JQLimits.shortened(Self.text(of: jv_dump_string(message, 0))))
        }
    }

    private static func parse(_ input: String) throws(JQError) -> jv {
        var input = input
        let value = input.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { text in
                jv_parse_sized(text.baseAddress, Int32(clamping: text.count))
            }
        }
        if self.isValid(value) { return value }
        let message = jv_invalid_get_msg(value)
        guard jv_get_kind(message) == JV_KIND_STRING else {
            jv_free(message)
            throw .unreadable("the input is empty")
        }
        throw .unreadable(JQLimits.shortened(self.text(of: message)))
    }

    /// The text of a string, which is let go.
    static func text(of string: jv) -> String {
        defer { jv_free(string) }
        let count = Int(jv_string_length_bytes(jv_copy(string)))
        guard let start = jv_string_value(string) else { return "" }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) { utf8 in
            String(decoding: UnsafeBufferPointer(start: utf8, count: count), as: UTF8.self)
        }
    }

    private static func isValid(_ value: jv) -> Bool { jv_get_kind(value) != JV_KIND_INVALID }
}

/// The bounds of one program.
enum JQLimits {
    /// Values one run may give.
    static let valuesMax = 1_000
    /// Characters kept of a message.
    static let messageCharactersMax = 500

    static func shortened(_ message: String) -> String {
        message.count <= self.messageCharactersMax
            ? message : message.prefix(self.messageCharactersMax) + "…"
    }
}

/// What libjq complains about while compiling.
private final class JQComplaints {
    private var text = ""

    /// This object, for as long as the program that complains to it.
    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static let collect: @convention(c) (UnsafeMutableRawPointer?, jv) -> Void = {
        pointer, message in
        guard let pointer else { return jv_free(message) }
        let complaints = Unmanaged<JQComplaints>.fromOpaque(pointer).takeUnretainedValue()
        let text = JQProgram.text(of: jq_format_error(message))
        guard complaints.text.utf8.count < JQLimits.messageCharactersMax else { return }
        complaints.text += complaints.text.isEmpty ? text : "; \(text)"
    }

    /// What was complained about since the last time.
    func take() -> String? {
        defer { self.text = "" }
        return self.text.isEmpty ? nil : JQLimits.shortened(self.text)
    }
}
