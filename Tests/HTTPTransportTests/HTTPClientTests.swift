import Glibc
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@Suite("The HTTP client over real sockets")
struct HTTPClientTests {
    private let client = HTTPClient()

    private func post(_ server: ScriptedServer, _ change: (inout TransportRequest) -> Void = { _ in })
        -> TransportRequest
    {
        var request = TransportRequest("POST", server.url, body: Array("To=1&Body=x".utf8))
        change(&request)
        return request
    }

    private func failure(_ request: TransportRequest) async -> TransportError? {
        do {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("An answer comes whole, with its headers in lower case")
    func answer() async throws {
        let server = try ScriptedServer(
            .answer(status: 201, body: Array("ok".utf8), headers: "X-Thing: a b \r\n"))
        defer { server.stop() }
        let response = try await client.send(post(server))
        #expect(response.status == 201)
        #expect(response.header("x-thing") == "a b")
        #expect(response.body == Array("ok".utf8))
        #expect(server.requests.count == 1)
        #expect(server.requests[0].hasPrefix("POST /x HTTP/1.1\r\n"))
        #expect(server.requests[0].hasSuffix("\r\n\r\nTo=1&Body=x"))
        #expect(!server.requests[0].contains("Expect:"))
    }

    @Test("A reused connection that is reset after the body was read: one POST, and an ambiguous error (V24)")
    func neverTwice() async throws {
        let server = try ScriptedServer(
            .answer(status: 200, body: []), .reset, .answer(status: 201, body: []))
        defer { server.stop() }
        #expect(try await client.send(post(server)).status == 200)
        let error = await failure(post(server))
        #expect(error?.departure == .ambiguous)
        #expect(error?.kind == .reset)
        #expect(server.requests.count == 2)
    }

    @Test("What may be repeated is repeated by itself on a reset reused connection")
    func repeatable() async throws {
        let server = try ScriptedServer(
            .answer(status: 200, body: []), .reset, .answer(status: 202, body: []))
        defer { server.stop() }
        #expect(try await client.send(post(server) { $0.idempotent = true }).status == 200)
        #expect(try await client.send(post(server) { $0.idempotent = true }).status == 202)
        #expect(server.requests.count == 3)
    }

    @Test("Time that is over resets the connection and is ambiguous")
    func timeout() async throws {
        let server = try ScriptedServer(.silence)
        defer { server.stop() }
        let error = await failure(post(server) { $0.timeout = .milliseconds(200) })
        #expect(error?.kind == .timeout)
        #expect(error?.departure == .ambiguous)
        #expect(try await eventually { server.resets == 1 })
    }

    @Test("Nobody listens: nothing left")
    func refused() async throws {
        let server = try ScriptedServer()
        server.stop()
        let request = post(server)
        #expect(try await eventually { await failure(request)?.kind == .connect })
        #expect(await failure(request)?.departure == .notLeft)
    }

    @Test("The hook before the transfer is asked once, and its no means that nothing left")
    func withheld() async throws {
        let server = try ScriptedServer(.answer(status: 201, body: []))
        defer { server.stop() }
        let asked = Mutex(0)
        let error = await failure(
            post(server) {
                $0.beforeTransfer = {
                    asked.withLock { $0 += 1 }
                    return false
                }
            })
        #expect(error?.kind == .withheld)
        #expect(error?.departure == .notLeft)
        #expect(asked.withLock { $0 } == 1)
        #expect(server.requests.isEmpty)
    }

    @Test("A longer answer than allowed is an error")
    func tooLarge() async throws {
        let server = try ScriptedServer(.answer(status: 201, body: [UInt8](repeating: 65, count: 1000)))
        defer { server.stop() }
        let error = await failure(post(server) { $0.responseBodyLimit = 999 })
        #expect(error?.kind == .responseTooLarge)
        #expect(error?.departure == .ambiguous)
    }

    @Test("An answer that comes a byte at a time ends with the request's time, whatever came until then")
    func trickle() async throws {
        let server = try ScriptedServer(.trickle)
        defer { server.stop() }
        let error = await failure(post(server) { $0.timeout = .milliseconds(300) })
        #expect(error?.kind == .timeout)
        #expect(error?.departure == .ambiguous)
        #expect(try await eventually { server.resets == 1 })
    }

    @Test(
        "An answer of HTTP/1.0 that ends with its connection is whole; what is cut, or no HTTP, is ambiguous",
        arguments: [
            ("HTTP/1.0 201 Created\r\n\r\n{\"sid\":1}", 201),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", 201),
            ("HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 301),
            ("HTTP/1.1 201 Created\r\nContent-Length: 20\r\n\r\n{\"sid\":", nil),
            ("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", nil),
            ("SSH-2.0-OpenSSH_9.2\r\n", nil), ("", nil),
        ] as [(String, Int?)])
    func wholeOrNot(bytes: String, status: Int?) async throws {
        let server = try ScriptedServer(.bytes(bytes))
        defer { server.stop() }
        do {
            let response = try await client.send(post(server))
            #expect(response.status == status)
        } catch {
            #expect(status == nil, "\(error)")
            #expect(error.departure == .ambiguous)
        }
        #expect(server.requests.count == 1)
    }

    @Test("A cancelled task ends its request and closes the connection")
    func cancelled() async throws {
        let server = try ScriptedServer(.silence)
        defer { server.stop() }
        let request = post(server)
        let client = client
        let task = Task { try await client.send(request) }
        #expect(try await eventually { server.requests.count == 1 })
        task.cancel()
        await #expect(throws: TransportError(kind: .cancelled, departure: .ambiguous)) {
            _ = try await task.value
        }
        #expect(try await eventually { server.resets == 1 })
    }

    @Test("A request that may have been taken is waited for, also when its task is cancelled")
    func notEndedByItsTask() async throws {
        let server = try ScriptedServer(.silence)
        defer { server.stop() }
        let request = post(server) {
            $0.endsWithTask = false
            $0.timeout = .milliseconds(300)
        }
        let client = client
        let task = Task { try await client.send(request) }
        #expect(try await eventually { server.requests.count == 1 })
        task.cancel()
        let error = await #expect(throws: TransportError.self) { _ = try await task.value }
        #expect(error?.kind == .timeout)
    }

    @Test("A closed client refuses, and a header with a line end is not sent")
    func closedAndMalformed() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        #expect(await failure(post(server) { $0.headers = [("A", "b\r\nC: d")] })?.kind == .malformedRequest)
        let other = HTTPClient()
        other.close()
        await #expect(throws: TransportError(kind: .cancelled, departure: .notLeft)) {
            _ = try await other.send(post(server))
        }
    }

    @Test("Many requests at once all come back")
    func many() async throws {
        let steps = ScriptedServer.Step.answer(status: 200, body: [1])
        let server = try ScriptedServer(steps, steps, steps, steps, steps, steps, steps, steps)
        defer { server.stop() }
        let request = post(server)
        let client = client
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await client.send(request).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 8))
    }

    @Test("Neither a proxy of the environment nor its no_proxy counts: only what the request names")
    func environment() async {
        // In a process of its own, since other tests may be reading the environment.
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            for name in ["no_proxy", "NO_PROXY"] { setenv(name, "127.0.0.1,example.com", 1) }
            let server = try ScriptedServer(.answer(status: 200, body: []), .answer(status: 200, body: []))
            let client = HTTPClient()
            let direct = TransportRequest("POST", server.url, body: [1])
            #expect(try await client.send(direct).status == 200)
            var proxied = TransportRequest("POST", "http://example.com/y", body: [1])
            proxied.proxy = .url("http://127.0.0.1:\(server.port)", credentials: nil)
            #expect(try await client.send(proxied).status == 200)
            #expect(server.requests.last?.hasPrefix("POST http://example.com/y HTTP/1.1\r\n") == true)
        }
    }

    @Test("A redirect is an answer and is not followed")
    func redirect() async throws {
        let server = try ScriptedServer(
            .answer(status: 307, body: [], headers: "Location: http://127.0.0.1:1/z\r\n"))
        defer { server.stop() }
        let response = try await client.send(post(server))
        #expect(response.status == 307)
        #expect(response.header("location") == "http://127.0.0.1:1/z")
        #expect(server.requests.count == 1)
    }

    private static let halfAnswers = [
        "HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nhalf", "HTTP/1.1 200 X\r\nContent-Le", "HTTP/1.1 200",
        "220 mail.example.com ESMTP\r\n", "\r\n\r\n", "HTTP/1.1 abc X\r\n\r\n",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 X\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 X\r\nA: " + String(repeating: "b", count: 1 << 20),
    ]

    @Test("An answer that stops early, is no HTTP or says impossible things is ambiguous", arguments: 0..<11)
    func halfAnswer(_ index: Int) async throws {
        let text = Self.halfAnswers[index]
        let server = try ScriptedServer(.raw(Array(text.utf8)), .answer(status: 200, body: []))
        defer { server.stop() }
        let error = await failure(post(server))
        #expect(error?.departure == .ambiguous, "\(error.debugDescription)")
        // The connection is not used again: what follows on it would be taken for the next answer.
        #expect(try await client.send(post(server)).status == 200)
        #expect(server.requests.count == 2)
    }

    @Test(
        "Provisional answers are passed over, trailers do not stand before headers, and a thousand headers are borne"
    )
    func oddAnswers() async throws {
        let hint = "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n"
        let server = try ScriptedServer(
            .raw(Array((hint + "HTTP/1.1 201 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").utf8)),
            .raw(
                Array(
                    """
                    HTTP/1.1 429 X\r\nRetry-After: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                    4\r\nWiki\r\n0\r\nRetry-After: 99\r\nHTTP/1.1 200: 1\r\n\r\n
                    """.utf8)),
            .answer(
                status: 200, body: [1],
                headers: (0..<1000).map { "X-\($0): \(String(repeating: "v", count: 90))\r\n" }.joined()))
        defer { server.stop() }
        let created = try await client.send(post(server))
        #expect(created.status == 201)
        #expect(created.header("retry-after") == nil)
        let busy = try await client.send(post(server))
        #expect(busy.status == 429)
        #expect(busy.header("retry-after") == "1")
        #expect(busy.body == Array("Wiki".utf8))
        let many = try await client.send(post(server))
        #expect(many.body == [1])
        #expect(many.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } <= 64 * 1024)
    }

    @Test("A limit longer than libcurl can count is no trap")
    func endlessTimeout() async throws {
        let server = try ScriptedServer(.answer(status: 200, body: []))
        defer { server.stop() }
        let request = post(server) {
            $0.timeout = .seconds(Int64.max / 2)
            $0.connectTimeout = .seconds(Int64.max / 2)
        }
        #expect(try await client.send(request).status == 200)
    }
}
