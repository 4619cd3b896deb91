// RE2 behind a C face: compile, search, free. No logic (CEL defines `matches` by this engine: linear time).
#ifndef CRE2_H
#define CRE2_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ml_re2 ml_re2;

/// Compiles a pattern in RE2 syntax, with at most 1 MiB for its program and caches. NULL when it is no pattern;
/// `error` (of `size` bytes) then says why. The caller frees the result.
ml_re2 *ml_re2_compile(const char *pattern, size_t length, char *error, size_t size);

/// Whether the pattern is found anywhere in the text. May be called from several threads at once.
int ml_re2_search(const ml_re2 *pattern, const char *text, size_t length);

void ml_re2_free(ml_re2 *pattern);

#ifdef __cplusplus
}
#endif

#endif
