internal import CCurl

/// Owns libcurl's multi handle.
///
/// All but `wake` is called on the engine's thread.
@safe final class MultiHandle: @unchecked Sendable {
    // `curl_multi_wakeup` is the one call that libcurl allows from other threads.
    private let pointer: UnsafeMutableRawPointer?

    init() {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        unsafe pointer = curl_multi_init()
        unsafe ml_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, 64)
    }

    deinit { unsafe curl_multi_cleanup(pointer) }

    func wake() { unsafe curl_multi_wakeup(pointer) }

    func add(_ transfer: Transfer) -> Bool {
        unsafe pointer != nil && transfer.withHandle { unsafe curl_multi_add_handle(pointer, $0) == CURLM_OK }
    }

    /// A transfer that is not over loses its connection.
    func remove(_ transfer: Transfer) {
        unsafe transfer.withHandle { _ = unsafe curl_multi_remove_handle(pointer, $0) }
    }

    func advance() {
        var running: Int32 = 0
        unsafe curl_multi_perform(pointer, &running)
    }

    /// Until something happens, the time is over, or `wake` is called.
    func wait(milliseconds: Int32) { unsafe curl_multi_poll(pointer, nil, 0, milliseconds, nil) }

    /// The next transfer that libcurl has finished with, by its number.
    func nextFinished() -> (number: UInt64, code: CURLcode)? {
        var waiting: Int32 = 0
        while let message = unsafe curl_multi_info_read(pointer, &waiting) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            var context: UnsafeMutablePointer<CChar>?
            unsafe ml_curl_get_str(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard let context = unsafe context else { continue }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return unsafe (transfer.number, ml_curl_message_result(message))
        }
        return nil
    }
}
