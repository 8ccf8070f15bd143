import JSONAPI
import Testing

@Suite("Times in documents")
struct CivilTimeTests {
    @Test(
        "times are read and written as RFC 3339 has them",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2023-11-14T22:13:20.250Z", 1_700_000_000_250),
            ("2024-02-29T12:00:00+01:00", 1_709_204_400_000),
            ("1969-12-31t23:59:59.9999z", -1), ("2000-01-01T00:00:00-05:30", 946_704_600_000),
        ])
    func times(text: String, milliseconds: Int64) {
        #expect(CivilTime.milliseconds(rfc3339: text) == milliseconds)
        let written = CivilTime(milliseconds).rfc3339
        #expect(CivilTime.milliseconds(rfc3339: written) == milliseconds)
    }

    @Test(
        "what is no time is not read as one",
        arguments: [
            "", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-01 00:00:00Z",
            "2023-01-01T24:00:00Z", "2023-01-01T00:00:00", "2023-01-01T00:00:00.Z",
            "2023-01-01T00:00:00Z ", "٢٠٢٣-01-01T00:00:00Z",
        ])
    func noTimes(text: String) {
        #expect(CivilTime.milliseconds(rfc3339: text) == nil)
    }

    @Test("every millisecond is written as it is and read back as it was")
    func milliseconds() {
        for milliseconds in Int64(1_795_350_616_000)..<1_795_350_617_000 {
            let text = CivilTime(milliseconds).rfc3339
            #expect(text.hasPrefix("2026-11-22T12:30:16."))
            #expect(CivilTime.milliseconds(rfc3339: text) == milliseconds)
        }
        #expect(JSON.time(1_795_350_616_001) == "2026-11-22T12:30:16.001Z")
        #expect(JSON.time(-1) == "1969-12-31T23:59:59.999Z")
        #expect(JSON.time(nil) == .null)
    }
}
