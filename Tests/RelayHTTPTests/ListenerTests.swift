import ConnectorProtocol
import Cryptography
import Foundation
import HTTPTransport
import Programs
import RelayCore
import TestSupport
import Testing

@testable import RelayHTTP

@Suite("What a listener gives to strangers")
struct ListenerTests {
    private static func limits(
        connections: Int = 100, bodyBytes: Int = 1 << 20, firstHead: Duration = .seconds(60),
        nextHead: Duration = .seconds(60), body: Duration = .seconds(60),
    ) -> ListenerLimits {
        ListenerLimits(
            connections: connections, bodyBytes: bodyBytes, firstHead: firstHead, nextHead: nextHead,
            body: body)
    }

    @Test(
        "A peer that does not come to the end of its request is hung up on, however often it says a little",
        arguments: [
            ("", limits(firstHead: .milliseconds(200))),
            ("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ", limits(firstHead: .milliseconds(200))),
            (
                "POST /w/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
                limits(body: .milliseconds(200))
            ),
        ])
    func slow(_ beginning: String, _ limits: ListenerLimits) async throws {
        try await TestRelay.run(webhookLimits: limits) { relay in
            let peer = try RawConnection(port: relay.webhooks)
            peer.send(beginning)
            var said: String?
            // Each round says one byte more, so that no time-out between two bytes would ever end it.
            for _ in 0..<200 {
                said = await peer.receive(within: .milliseconds(50))
                if said != nil { break }
                // Before its first byte it stays silent: not every byte begins a request.
                peer.send(beginning.isEmpty ? "" : "a")
            }
            #expect(said == "")
        }
    }

    @Test("A connection may bring one request after the other, and is hung up on when it brings no more")
    func idle() async throws {
        try await TestRelay.run(webhookLimits: Self.limits(nextHead: .milliseconds(500))) { relay in
            let peer = try RawConnection(port: relay.webhooks)
            peer.send(String(repeating: "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
            var (said, more) = ("", await peer.receive())
            while let piece = more, !piece.isEmpty { (said, more) = (said + piece, await peer.receive()) }
            #expect(more == "")
            #expect(said.split(separator: "HTTP/1.1 200").count == 3)
        }
    }

    @Test("An answer before the end of the body does not let the peer stay for ever")
    func early() async throws {
        try await TestRelay.run(webhookLimits: Self.limits(nextHead: .milliseconds(500))) { relay in
            let peer = try RawConnection(port: relay.webhooks)
            peer.send("PUT /w/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
            #expect(await peer.receive()?.hasPrefix("HTTP/1.1 405") == true)
            peer.send("abc")
            #expect(await peer.receive() == "")
        }
    }

    @Test("More connections than allowed wait, and are served when others end")
    func connections() async throws {
        try await TestRelay.run(webhookLimits: Self.limits(connections: 1)) { relay in
            var first: RawConnection? = try RawConnection(port: relay.webhooks)
            first?.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await first?.receive()?.hasPrefix("HTTP/1.1 200") == true)
            let second = try RawConnection(port: relay.webhooks)
            second.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await second.receive(within: .milliseconds(200)) == nil)
            first = nil
            #expect(await second.receive()?.hasPrefix("HTTP/1.1 200") == true)
        }
    }

    @Test("Bodies that would fill the memory are put off, and leave room when they are answered")
    func memory() async throws {
        try await TestRelay.run(webhookLimits: Self.limits(bodyBytes: 10)) { relay in
            for _ in 0..<3 {
                let refused = try await relay.call("POST", "/w/x", body: [UInt8](repeating: 1, count: 11))
                #expect(refused.status == 503)
                #expect(refused.header("content-type") == "application/problem+json")
                #expect(refused.header("retry-after") == "5")
                // An unknown webhook, so a whole body was read.
                #expect(
                    try await relay.call("POST", "/w/x", body: [UInt8](repeating: 1, count: 10)).status != 503
                )
            }
        }
    }

    @Test("An address that does not take a method says which it takes")
    func methods() async throws {
        try await TestRelay.run { relay in
            let answer = try await relay.call("PUT", "/w/x", body: [1])
            #expect(answer.status == 405 && answer.header("allow") == "GET, POST")
            #expect(answer.header("content-type") == "application/problem+json")
        }
    }
}

@Suite("Certificates that the configuration names")
struct ListenerCertificateTests {
    private static let now = Int64(1_764_000_000)

    private static func files(
        _ folder: TemporaryFolder, chain: String, key: String, mode: Int = 0o600,
    ) throws -> ListenerConfiguration.CertificateFiles {
        try chain.write(toFile: folder.file("chain.pem"), atomically: true, encoding: .utf8)
        try key.write(toFile: folder.file("key.pem"), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file("key.pem"))
        return .init(certificate: folder.file("chain.pem"), key: folder.file("key.pem"))
    }

    private static func issued(days: Int = 10) throws -> IssuedCertificate {
        try CertificateAuthority(commonName: "a", now: now, days: 100)
            .issueServerCertificate(names: ["relay.example.com"], now: now, days: days)
    }

    @Test("Two files that fit together are taken")
    func good() throws {
        let (folder, issued) = (try TemporaryFolder(), try Self.issued())
        let certificate = try ListenerCertificate(
            reading: Self.files(folder, chain: issued.chainPEM, key: issued.privateKeyPEM.exposedText))
        #expect(certificate.notAfter == Self.now + 10 * 86_400)
    }

    @Test("A key behind a symbolic link has the mode of its file")
    func linked() throws {
        let (folder, issued) = (try TemporaryFolder(), try Self.issued())
        let files = try Self.files(
            folder, chain: issued.chainPEM, key: issued.privateKeyPEM.exposedText)
        let link = folder.file("live.pem")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: files.key)
        _ = try ListenerCertificate(reading: .init(certificate: files.certificate, key: link))
    }

    enum Wrong: CaseIterable {
        case chain, key, otherKey, openKey, swapped
    }

    @Test("What is wrong with them is named with its file", arguments: Wrong.allCases)
    func wrong(_ wrong: Wrong) throws {
        let (folder, issued) = (try TemporaryFolder(), try Self.issued())
        let (chain, key) = (issued.chainPEM, issued.privateKeyPEM.exposedText)
        let (files, says) =
            switch wrong {
            case .chain: (try Self.files(folder, chain: "no", key: key), "chain.pem holds no certificate")
            case .key: (try Self.files(folder, chain: chain, key: "no"), "key.pem holds no private key")
            case .otherKey:
                (
                    try Self.files(folder, chain: chain, key: Self.issued().privateKeyPEM.exposedText),
                    "is not the one of the certificate"
                )
            case .openKey: (try Self.files(folder, chain: chain, key: key, mode: 0o644), "has mode 644")
            case .swapped: (try Self.files(folder, chain: key, key: chain), "chain.pem holds no certificate")
            }
        let failure = #expect(throws: CommandFailure.self) { try ListenerCertificate(reading: files) }
        #expect(failure?.kind == .configuration)
        #expect(failure?.sentence.contains(says) == true, "\(failure?.sentence ?? "")")
    }
}
