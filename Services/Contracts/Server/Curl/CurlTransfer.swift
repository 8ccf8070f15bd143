import CCurl

/// One transfer by libcurl; it has its own connection, so that nothing is left of a failed one.
struct CurlTransfer: ~Copyable {
    let curl: UnsafeMutableRawPointer

    /// libcurl is made ready once, before any thread uses it.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Makes a transfer; `nil` when libcurl does not start.
    init?() {
        guard Self.isReady, let curl = curl_easy_init() else { return nil }
        self.curl = curl
    }

    deinit { curl_easy_cleanup(self.curl) }

    func set(_ option: CURLoption, _ text: String) {
        covenant_curl_set_text(self.curl, option, text)
    }

    func set(_ option: CURLoption, _ number: Int) {
        covenant_curl_set_number(self.curl, option, number)
    }

    /// The last status that the other side answered; 0 for none.
    var responseCode: Int { covenant_curl_response_code(self.curl) }
}
