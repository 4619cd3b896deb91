// zlib's two initialisers are macros, which Swift does not import.
#pragma once
#include <zlib.h>

// 15 + 16: the largest window, and the gzip wrapper instead of zlib's own.
static inline int ml_deflate_init_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int ml_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
