import CBOR

/// Makes values of a type at random, from what the type's shape says of it.
struct MessageSampler {
    let types: [String: CBORTypeShape]
    var random: SeededNumbers
    /// Whether to add what a decoder must pass over: unknown keys, and nulls for nothing.
    var addsNoise = false

    /// A value of the shape, as a compatible peer might send it.
    mutating func value(_ shape: CBORShape, depth: Int = 0) -> CBORValue {
        switch shape {
        case .bool: .bool(self.random.isOneIn(2))
        case .integer(let bits): self.integer(bits: bits)
        case .unsigned(let bits): .unsigned(self.magnitude(bits: bits))
        case .float(let bits): self.float(bits: bits)
        case .text: .text(self.text())
        case .bytes:
            .bytes((0..<self.length()).map { _ in UInt8.random(in: 0...255, using: &self.random) })
        case .any: .array([.null, .unsigned(1)])
        case .array(let element):
            .array((0..<self.count(depth)).map { _ in self.value(element, depth: depth + 1) })
        case .map(let key, let value): self.map(key, value, depth)
        case .optional(let wrapped):
            self.random.isOneIn(3) ? .null : self.value(wrapped, depth: depth)
        case .named(let name): self.types[name].map { self.named($0, depth + 1) } ?? .undefined
        }
    }

    private mutating func named(_ type: CBORTypeShape, _ depth: Int) -> CBORValue {
        switch type.body {
        case .record(let fields): return self.record(fields, depth)
        case .choice(let cases):
            // Deep inside a type that holds itself, only the plainest cases end it.
            let fewest = cases.map(\.fields.count).min() ?? 0
            let open = depth > 6 ? cases.filter { $0.fields.count == fewest } : cases
            guard let choice = open.randomElement(using: &self.random) else { return .undefined }
            var entries: [CBORValue: CBORValue] = [
                .text(choice.name): self.record(choice.fields, depth)
            ]
            self.addNoise(&entries)
            return .map(entries)
        case .words(let words): return .text(words.randomElement(using: &self.random) ?? "")
        case .numbers(let numbers):
            return .integer(numbers.randomElement(using: &self.random)?.value ?? 0)
        case .alias(_, "[0-9a-f]{24}"):
            var digits = ""
            for _ in 0..<24 {
                digits.append("0123456789abcdef".randomElement(using: &self.random) ?? "0")
            }
            return .text(digits)
        case .alias(let shape, _): return self.value(shape, depth: depth)
        }
    }

    private mutating func record(_ fields: [CBORTypeShape.Field], _ depth: Int) -> CBORValue {
        var entries: [CBORValue: CBORValue] = [:]
        for field in fields {
            let key: CBORValue =
                switch field.key {
                case .integer(let number): .integer(number)
                case .text(let text): .text(text)
                }
            if field.isOptional, depth > 6 || self.random.isOneIn(3) {
                if self.addsNoise { entries[key] = .null }
            } else {
                entries[key] = self.value(field.shape, depth: depth + 1)
            }
        }
        self.addNoise(&entries)
        return .map(entries)
    }

    private mutating func addNoise(_ entries: inout [CBORValue: CBORValue]) {
        guard self.addsNoise, self.random.isOneIn(2) else { return }
        entries[.unsigned(.random(in: 20...999, using: &self.random))] = .array([.map([1: .null])])
        entries[.text("zz\(self.text())")] = .double(1.5)
        entries[.bytes([1])] = .null
    }

    private mutating func map(_ key: CBORShape, _ value: CBORShape, _ depth: Int) -> CBORValue {
        var entries: [CBORValue: CBORValue] = [:]
        for _ in 0..<self.count(depth) {
            entries[self.value(key)] = self.value(value, depth: depth + 1)
        }
        return .map(entries)
    }

    private mutating func count(_ depth: Int) -> Int {
        depth > 6 ? 0 : .random(in: 0...(self.random.isOneIn(20) ? 30 : 3), using: &self.random)
    }

    private mutating func length() -> Int {
        .random(in: 0...(self.random.isOneIn(10) ? 300 : 20), using: &self.random)
    }

    private mutating func text() -> String {
        let letters = self.random.isOneIn(4) ? "aß字🙂\u{0}\u{301}" : "abcXYZ019 -_\"\\"
        var text = ""
        for _ in 0..<self.length() {
            if let letter = letters.randomElement(using: &self.random) { text.append(letter) }
        }
        return text
    }

    private mutating func magnitude(bits: Int) -> UInt64 {
        let unused = Int.random(in: (64 - bits)...63, using: &self.random)
        return self.random.next() >> UInt64(unused)
    }

    private mutating func integer(bits: Int) -> CBORValue {
        let magnitude = self.magnitude(bits: bits - 1)
        return self.random.isOneIn(2) ? .unsigned(magnitude) : .negative(magnitude)
    }

    private mutating func float(bits: Int) -> CBORValue {
        let wide = Double(bitPattern: self.random.next())
        return .double(bits == 64 && !wide.isNaN ? wide : Double(Float(self.magnitude(bits: 20))))
    }
}

/// Numbers at random, the same in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func isOneIn(_ count: UInt64) -> Bool { self.next() % count == 0 }
}
