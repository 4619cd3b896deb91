import Glibc

/// What the system says of one of its error numbers.
package enum SystemError {
    /// `No space left on device`, for example.
    package static func words(for code: Int32) -> String {
        String(cString: strerror(code))
    }
}
