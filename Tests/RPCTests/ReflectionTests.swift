import CBOR
import RPC
import Testing

@Suite("Reflection describes a service")
struct ReflectionTests {
    @Test("shapes are read as they are written")
    func shapeText() throws {
        let shapes: [CBORShape] = [
            .bool, .integer(bits: 64), .unsigned(bits: 8), .float(bits: 64), .text, .bytes, .any,
            .optional(.array(.named("A.B"))),
            .map(key: .text, value: .optional(.map(key: .integer(bits: 64), value: .bytes))),
        ]
        for shape in shapes { #expect(CBORShape(shape.description) == shape) }
        for text in ["", "[text", "{text:int64}", "text x", "?"] { #expect(CBORShape(text) == nil) }
    }

    @Test("a service that is not served is not found")
    func unknownService() async throws {
        let router = try RPCRouter([Greeter.routes()], access: AccessList([:]))
        let reflection = RPCClient(Reflection.self, carry: router.carry(as: nil))
        let error = await #expect(throws: RPCError.self) {
            _ = try await reflection.send(DescribeService(service: "nobody.v1"))
        }
        #expect(error?.code == .notFound)
    }

    @Test("every method of a service is described, with the types it uses")
    func describes() async throws {
        let router = try RPCRouter([Greeter.routes()], access: AccessList([:]))
        let reflection = RPCClient(Reflection.self, carry: router.carry(as: nil))
        let reply = try await reflection.send(DescribeService(service: "greeter.v1"))
        #expect(reply.methods.map(\.method.name) == ["Charge", "Count", "Greet"])
    }
}
