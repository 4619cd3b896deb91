import HTTPTypes
import Hummingbird

/// What a request is answered with.
struct Answer: Sendable {
    var status: Int
    var body: JSONValue?
    var headers: [(String, String)] = []

    init(_ status: Int, _ body: JSONValue? = nil) {
        self.status = status
        self.body = body
    }

    /// The error body of the core APIs.
    static func twilioError(_ status: Int, _ code: Int, _ message: String) -> Answer {
        Answer(
            status,
            .object([
                "code": .integer(Int64(code)), "message": .text(message), "status": .integer(Int64(status)),
                "more_info": .text("https://www.twilio.com/docs/errors/\(code)"),
            ]))
    }

    /// The error body of SendGrid.
    static func sendGridError(_ status: Int, _ message: String, field: String? = nil) -> Answer {
        let error = JSONValue.object(["message": .text(message), "field": JSONValue(field), "help": .null])
        return Answer(status, .object(["errors": .array([error])]))
    }

    var response: Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        guard let body else { return Response(status: .init(code: status), headers: fields) }
        fields[.contentType] = "application/json"
        return Response(
            status: .init(code: status), headers: fields,
            body: .init(byteBuffer: .init(string: body.rendered)))
    }
}
