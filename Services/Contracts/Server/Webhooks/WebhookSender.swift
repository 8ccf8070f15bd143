import CCurl
import Dispatch

/// Posts webhooks.
package protocol WebhookSender: Sendable {
    /// Posts a body and gives the status of the answer.
    ///
    /// - Throws: ``WebhookFailure`` when there is none.
    func post(_ body: String, to url: String, fields: [(String, String)]) async throws -> Int
}

/// Why a webhook got no answer.
package struct WebhookFailure: Error, CustomStringConvertible {
    /// What happened.
    package let description: String
}

/// Posts webhooks by libcurl: one connection each, redirections not followed, no proxy, nothing
/// read of the answer but its status.
package struct CurlWebhookSender: WebhookSender {
    /// How long connecting may take.
    private static let connectSecondsMax = 5
    /// How long a webhook may take.
    private static let secondsMax = 15

    private let mayBePrivate: Bool
    /// libcurl waits; the outbox bounds how many do at once.
    private let queue = DispatchQueue(label: "webhooks", attributes: .concurrent)

    /// Makes a sender.
    ///
    /// - Parameter mayBePrivate: whether addresses that the internet does not lead to are connected
    ///   to: of this machine, of private networks, of clouds' own services. Looked at when the
    ///   connection is made, whatever the host's name says.
    package init(mayBePrivate: Bool) { self.mayBePrivate = mayBePrivate }

    package func post(
        _ body: String, to url: String, fields: [(String, String)]
    ) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(with: Result { try self.send(body, to: url, fields) })
            }
        }
    }

    private func send(_ body: String, to url: String, _ fields: [(String, String)]) throws -> Int {
        guard let transfer = CurlTransfer() else {
            throw WebhookFailure(description: "libcurl does not start")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for (name, value) in fields { list = curl_slist_append(list, "\(name): \(value)") }
        transfer.set(CURLOPT_URL, url)
        transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
        transfer.set(CURLOPT_PROXY, "")
        transfer.set(CURLOPT_NOSIGNAL, 1)
        transfer.set(CURLOPT_CONNECTTIMEOUT, Self.connectSecondsMax)
        transfer.set(CURLOPT_TIMEOUT, Self.secondsMax)
        transfer.set(CURLOPT_POSTFIELDSIZE, body.utf8.count)
        transfer.set(CURLOPT_COPYPOSTFIELDS, body)
        covenant_curl_prepare_webhook(transfer.curl, list, self.mayBePrivate ? 1 : 0)
        let result = curl_easy_perform(transfer.curl)
        // Nothing is read of a body, which libcurl takes for a failure to write it.
        guard result == CURLE_OK || (result == CURLE_WRITE_ERROR && transfer.responseCode > 0)
        else {
            throw WebhookFailure(description: String(cString: curl_easy_strerror(result)))
        }
        return transfer.responseCode
    }
}
