import Messaging
import Testing

@Suite("Batches of SendGrid's events")
struct SendGridEventTests {
    @Test(
        "One element that cannot be read takes no other with it",
        arguments: [
            (#"[{"event":"delivered"},{"event":"bounce","reason":"\ud83d"},{"event":"open"}]"#, 1),
            (#"[{"event":"delivered"},{"event":"bo"un"ce"},{"event":"open"}]"#, 1),
            (#"[{"event":"delivered"},,{"event":"open"}]"#, 1),
            (#"[{"event":"delivered"},[1,{"event":"x"}],{"event":"open"}]"#, 1),
            (#"[{"event":"delivered","reason":"a, ] } \" \\"},{"event":5},{"event":"open"}]"#, 1),
            ("[{\"event\":\"delivered\"},\r\n{\"event\":\"open\"}]\r\n", 0),
            (#"[{"event":"delivered"},{"event":"open"},{"no":"event"}]"#, 1),
        ])
    func alone(body: String, unreadable: Int) throws {
        let batch = try #require(SendGridEvent.batch(Array(body.utf8)))
        #expect(batch.events.map(\.event).filter { $0 != "bounce" } == ["delivered", "open"])
        #expect(batch.unreadable + batch.events.count { $0.event == "bounce" } == unreadable)
    }

    @Test("Bytes that are no UTF-8 spoil a word of one event and nothing else")
    func notUTF8() throws {
        let body =
            Array(#"[{"event":"bounce","reason":"#.utf8) + [0x22, 0xFF, 0x22]
            + Array(#"},{"event":"delivered"}]"#.utf8)
        let batch = try #require(SendGridEvent.batch(body))
        #expect(batch.events.map(\.event) == ["bounce", "delivered"])
        #expect(batch.unreadable == 0)
    }

    @Test(
        "What is no closed array is no batch",
        arguments: ["", "{}", "[", "[1", "[{]", "[}", "[]x", "null", "]"])
    func noArray(body: String) { #expect(SendGridEvent.batch(Array(body.utf8)) == nil) }

    @Test("An empty array is a batch of nothing")
    func empty() throws {
        #expect(try #require(SendGridEvent.batch(Array("[ ]\n".utf8))).events.isEmpty)
    }
}
