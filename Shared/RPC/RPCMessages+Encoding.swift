import CBOR
import Synchronization

extension RPCMessages {
    /// Encodes the elements of a sequence as they are asked for.
    init<Elements: AsyncSequence & Sendable>(
        encoding elements: Elements, answering metadata: RPCAnswerMetadata? = nil
    ) where Elements.Element: Encodable & Sendable {
        let puller = SequencePuller(elements)
        let encoder = CBOREncoder()
        self.init(
            leading: metadata?.leading ?? RPCMetadata(),
            trailing: { metadata?.trailing ?? RPCMetadata() }
        ) {
            do {
                guard let element = try await puller.next() else { return nil }
                return try encoder.encode(element)
            } catch {
                throw metadata?.trailing.added(to: error) ?? error
            }
        }
    }

    /// The elements, decoded as they are asked for.
    ///
    /// - Parameter code: what one that cannot be read fails with.
    func decoded<Element: Decodable & Sendable>(
        as _: Element.Type, orFailWith code: RPCError.Code = .internal
    ) -> RPCElements<Element> {
        let puller = SequencePuller(self)
        let decoder = CBORDecoder()
        return RPCElements(of: self) {
            guard let bytes = try await puller.next() else { return nil }
            do {
                return try decoder.decode(Element.self, from: bytes)
            } catch {
                throw RPCError(code, "the peer sent an element that cannot be read: \(error)")
            }
        }
    }
}

/// The elements of a stream, pulled one at a time; it can be iterated once.
///
/// Letting go of it before its end gives the stream up.
public struct RPCElements<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = any Error

    private let messages: RPCMessages
    private let pull: @Sendable () async throws -> Element?

    init(of messages: RPCMessages, pull: @escaping @Sendable () async throws -> Element?) {
        self.messages = messages
        self.pull = pull
    }

    /// What the peer said before the first element.
    public var leading: RPCMetadata { self.messages.leading }

    /// What the peer said after the last element; empty until the end has been reached.
    ///
    /// A stream that ends with an error throws it, and what was said is in the error.
    public var trailing: RPCMetadata { self.messages.trailing }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pull: self.pull) }

    /// Pulls elements.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pull: @Sendable () async throws -> Element?

        public mutating func next() async throws -> Element? { try await self.pull() }
    }
}

/// Pulls from a sequence's only iterator, one caller at a time.
///
/// An iterator may not cross tasks while it is in use, so it is taken out while a pull is under
/// way; a second pull meanwhile is a mistake of the caller's and is refused.
private final class SequencePuller<Elements: AsyncSequence & Sendable>: Sendable
where Elements.Element: Sendable {
    private enum State {
        case idle(Box)
        case pulling
        case ended
    }

    /// Carries the iterator from one pull to the next; only the pull that took it touches it.
    private final class Box: @unchecked Sendable {
        var iterator: Elements.AsyncIterator
        init(_ iterator: Elements.AsyncIterator) { self.iterator = iterator }
    }

    private let state: Mutex<State>

    init(_ elements: Elements) { self.state = Mutex(.idle(Box(elements.makeAsyncIterator()))) }

    func next() async throws -> Elements.Element? {
        let taken: Box? = try self.state.withLock { state in
            switch state {
            case .idle(let box):
                state = .pulling
                return box
            case .pulling:
                throw RPCError(.internal, "two readers of one stream")
            case .ended:
                return nil
            }
        }
        guard let box = taken else { return nil }
        do {
            let element = try await box.iterator.next()
            self.state.withLock { $0 = element == nil ? .ended : .idle(box) }
            return element
        } catch {
            self.state.withLock { $0 = .ended }
            throw error
        }
    }
}
