import RPC
import Testing

@Suite("Changes of a schema are told apart")
struct SchemaChangeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let what: String
        /// What is replaced in the base, and by what.
        let edit: (old: String, new: String)
        /// Whether it breaks; `nil` when there is no change at all.
        let isBreaking: Bool?
        var testDescription: String { self.what }

        init(_ what: String, _ old: String, _ new: String, isBreaking: Bool?) {
            self.what = what
            self.edit = (old, new)
            self.isBreaking = isBreaking
        }
    }

    static let base = """
        method Ask idempotent unary
            request Ask
            reply Answer
        method Watch safe server_streaming
            request Watch
            reply Item
        record Ask
            1 name text
            2 title text, optional
            3 mood Mood
            4 size int32
            5 tags [text]
            6 owner UserID
        record Item
            1 seen int32
            2 colour Colour
        record Watch
        choice Answer
            no
            yes
                "by" by text
                "_0" _0 Item
        words Mood
            glad
            sad
        words Colour
            red
        numbers Level
            1 low
        alias UserID text [0-9a-f]{24}

        """

    static let cases: [Case] = [
        Case("nothing", "", "", isBreaking: nil),
        Case("a type renamed", "Mood", "Temper", isBreaking: nil),
        Case(
            "a method added", "record Ask",
            "method New safe unary\n    request Watch\n    reply Watch\nrecord Ask",
            isBreaking: false),
        Case("a method removed", "method Watch", "method Look", isBreaking: true),
        Case("a unary method made to stream", "t unary", "t server_streaming", isBreaking: true),
        Case("repetition weakened", "Watch safe", "Watch unsafe", isBreaking: true),
        Case("repetition weakened a little", "Watch safe", "Watch idempotent", isBreaking: true),
        Case("repetition strengthened", "Ask idempotent", "Ask safe", isBreaking: false),
        Case(
            "an optional field added", "    6 owner", "    7 age int64, optional\n    6 owner",
            isBreaking: false),
        Case(
            "a required field added", "    6 owner", "    7 age int64\n    6 owner",
            isBreaking: true),
        Case("an optional field removed", "    2 title text, optional\n", "", isBreaking: true),
        Case("a required field removed", "    5 tags [text]\n", "", isBreaking: true),
        Case("an optional field required", "title text, optional", "title text", isBreaking: true),
        Case("a required field optional", "1 name text", "1 name text, optional", isBreaking: true),
        Case("a key reused with another type", "2 title text", "2 born int64", isBreaking: true),
        Case("a property renamed", "1 name text", "1 label text", isBreaking: false),
        Case("a key changed", "1 name text", "9 name text", isBreaking: true),
        Case("a type changed", "1 name text", "1 name bytes", isBreaking: true),
        Case("an element's type changed", "[text]", "[int64]", isBreaking: true),
        Case("an identifier made any text", "owner UserID", "owner text", isBreaking: true),
        Case("a pattern changed", "{24}", "{32}", isBreaking: true),
        Case("a number widened in a request", "size int32", "size int64", isBreaking: false),
        Case("a number widened in a reply", "seen int32", "seen int64", isBreaking: true),
        Case("a number narrowed", "size int32", "size int16", isBreaking: true),
        Case("a sign taken away", "size int32", "size uint32", isBreaking: true),
        Case("a word added to a request", "    sad", "    sad\n    calm", isBreaking: false),
        Case("a word added to a reply", "    red", "    red\n    green", isBreaking: true),
        Case("a word removed", "    glad\n", "", isBreaking: true),
        Case("a case added to a reply", "    no", "    no\n    maybe", isBreaking: true),
        Case("a case removed", "    no\n", "", isBreaking: true),
        Case(
            "an optional payload added", "    yes", "    yes\n        \"why\" why text, optional",
            isBreaking: false),
        Case("a payload removed", "        \"by\" by text\n", "", isBreaking: true),
        Case("a record made a choice", "record Item", "choice Item", isBreaking: true),
    ]

    @Test("told apart:", arguments: Self.cases)
    func classified(_ change: Case) throws {
        let old = try SchemaReader.read(Self.base, service: "test.v1")
        let edited =
            change.edit.old.isEmpty
            ? Self.base
            : Self.base.replacing(change.edit.old, with: change.edit.new)
        #expect(edited != Self.base || change.edit.old.isEmpty, "the edit must apply")
        let new = try SchemaReader.read(edited, service: "test.v1")
        let changes = SchemaChange.all(from: old, to: new)
        if let isBreaking = change.isBreaking {
            #expect(!changes.isEmpty)
            #expect(changes.contains(where: \.isBreaking) == isBreaking, "\(changes)")
        } else {
            #expect(changes.isEmpty, "\(changes)")
        }
    }

    @Test("a change says where it is")
    func place() throws {
        let old = try SchemaReader.read(Self.base, service: "test.v1")
        let new = try SchemaReader.read(
            Self.base.replacing("    1 seen int32\n", with: ""), service: "test.v1")
        #expect(
            SchemaChange.all(from: old, to: new).map(\.description) == [
                "BREAKING Ask reply.yes._0.seen: the field with key 1 was removed"
            ])
    }
}
