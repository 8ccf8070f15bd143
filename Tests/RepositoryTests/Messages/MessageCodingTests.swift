import CBOR
import RPC
import Testing

@Suite("Messages code themselves as Codable codes them, byte for byte")
struct MessageCodingTests {
    struct Message: CustomTestStringConvertible, Sendable {
        let type: any CBORMessage.Type
        let role: String
        var testDescription: String { self.role }
    }

    /// Every message of every method: requests, elements of streams both ways, replies.
    static let messages: [Message] = Services.names.flatMap { service in
        Services.methods[service, default: []].flatMap { method -> [Message] in
            guard let messages = method.messages else { return [] }
            return [
                Message(type: messages.request, role: "\(method.path) request"),
                Message(type: messages.reply, role: "\(method.path) reply"),
            ]
                + (messages.requestElement.map {
                    [Message(type: $0, role: "\(method.path) element of the request")]
                } ?? [])
        }
    }

    @Test("every declared method is compared", arguments: Services.names)
    func isComplete(service: String) {
        let compared = Set(Self.messages.map(\.role))
        for method in Services.methods[service, default: []] {
            for role in ["request", "reply"] {
                #expect(compared.contains("\(method.path) \(role)"))
            }
        }
    }

    @Test("both ways give the same", arguments: Self.messages)
    func same(_ message: Message) throws {
        try Self.compare(message.type)
    }

    @Test("both ways accept the same", arguments: Self.messages)
    func damaged(_ message: Message) throws {
        try Self.compareDamaged(message.type)
    }

    private static func compare<Value: CBORMessage>(_ type: Value.Type) throws {
        var (sampler, shape) = self.sampler(type)
        for _ in 0..<200 {
            sampler.addsNoise = false
            let before = sampler
            let plain = try CBOREncoder().encode(sampler.value(shape))
            sampler = before
            #expect(try self.recoded(type, plain) == plain)
            sampler.addsNoise = true
            let noisy = try CBOREncoder().encode(sampler.value(shape))
            _ = try self.recoded(type, noisy)
        }
    }

    /// Decodes and encodes directly and through `Codable`, in all four ways, and compares.
    private static func recoded<Value: CBORMessage>(
        _ type: Value.Type, _ bytes: [UInt8]
    ) throws -> [UInt8] {
        let direct = try CBORDecoder().decode(type, from: bytes)
        let codable = try CBORDecoder(means: .codableOnly).decode(type, from: bytes)
        let result = try CBOREncoder().encode(direct)
        #expect(try CBOREncoder().encode(codable) == result)
        #expect(try CBOREncoder(means: .codableOnly).encode(direct) == result)
        #expect(try CBOREncoder(means: .codableOnly).encode(codable) == result)
        return result
    }

    private static func compareDamaged<Value: CBORMessage>(_ type: Value.Type) throws {
        var (sampler, shape) = self.sampler(type)
        var accepted = 0
        for _ in 0..<300 {
            var bytes = try CBOREncoder().encode(sampler.value(shape))
            let place = bytes.indices.randomElement(using: &sampler.random) ?? 0
            if sampler.random.isOneIn(8) {
                bytes.remove(at: place)
            } else {
                bytes[place] = .random(in: 0...255, using: &sampler.random)
            }
            let direct = try? CBORDecoder().decode(type, from: bytes)
            let codable = try? CBORDecoder(means: .codableOnly).decode(type, from: bytes)
            guard (direct == nil) == (codable == nil) else {
                // The compiler's Codable takes any item for a struct without properties.
                if direct == nil, self.holdsNothing(sampler, shape) { continue }
                Issue.record("\(direct == nil ? "only Codable" : "only direct") takes \(bytes)")
                continue
            }
            if direct != nil {
                accepted += 1
                _ = try self.recoded(type, bytes)
            }
        }
        #expect(accepted < 300)
    }

    private static func holdsNothing(_ sampler: MessageSampler, _ shape: CBORShape) -> Bool {
        guard case .named(let name) = shape else { return false }
        return sampler.types[name]?.body == .record([])
    }

    private static func sampler<Value: CBORMessage>(
        _ type: Value.Type
    ) -> (MessageSampler, CBORShape) {
        var book = CBORShapeBook()
        let shape = type.cborShape(in: &book)
        return (MessageSampler(types: book.types, random: SeededNumbers(seed: 7)), shape)
    }
}
