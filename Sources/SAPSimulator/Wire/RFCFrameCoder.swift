import NIOCore

/// Cuts the stream into frames: four bytes of length, then kind and body.
struct RFCFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = RFCFrame
    private static let limit = 64 << 20

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length: UInt32 = buffer.getInteger(at: buffer.readerIndex) else { return .needMoreData }
        guard length > 0, length <= Self.limit else { throw FrameError.tooLong }
        guard buffer.readableBytes >= 4 + Int(length) else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 4)
        guard let byte: UInt8 = buffer.readInteger(), let kind = RFCFrame.Kind(rawValue: byte),
            let body = buffer.readSlice(length: Int(length) - 1)
        else { throw FrameError.unknownKind }
        context.fireChannelRead(wrapInboundOut(RFCFrame(kind, body: body)))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool,
    ) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }
}

/// Writes frames.
struct RFCFrameEncoder: MessageToByteEncoder {
    typealias OutboundIn = RFCFrame

    func encode(data: RFCFrame, out: inout ByteBuffer) throws {
        out.writeInteger(UInt32(data.body.readableBytes + 1))
        out.writeInteger(data.kind.rawValue)
        out.writeImmutableBuffer(data.body)
    }
}
