#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <memory>

struct ml_re2 {
    re2::RE2 pattern;
    ml_re2(const re2::StringPiece &text, const re2::RE2::Options &options) : pattern(text, options) {}
};

extern "C" ml_re2 *ml_re2_compile(const char *pattern, size_t length, char *error, size_t size) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    auto compiled = std::make_unique<ml_re2>(re2::StringPiece(pattern, length), options);
    if (compiled->pattern.ok()) return compiled.release();
    if (size > 0) {
        size_t count = std::min(size - 1, compiled->pattern.error().size());
        std::memcpy(error, compiled->pattern.error().data(), count);
        error[count] = 0;
    }
    return nullptr;
}

extern "C" int ml_re2_search(const ml_re2 *pattern, const char *text, size_t length) {
    return re2::RE2::PartialMatch(re2::StringPiece(text, length), pattern->pattern) ? 1 : 0;
}

extern "C" void ml_re2_free(ml_re2 *pattern) { delete pattern; }
