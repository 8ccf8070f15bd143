import HTTP2
import Testing

@testable import PublicHTTP

@Suite("Dates in headers")
struct HTTPDateTests {
    @Test(
        "a date has its one form",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        ])
    func form(seconds: Int, text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }

    @Test("every answer is dated")
    func dated() async throws {
        for target in ["/context", "/nowhere"] {
            let date = try await Shop.answer(target, [:]).fields.first("date")
            #expect(date?.hasSuffix(" GMT") == true)
        }
    }
}
