// libcurl's setters and getters are variadic, which Swift does not import: one typed form for each kind of value.
#pragma once
#include <curl/curl.h>

typedef size_t (*ml_curl_data_fn)(char *, size_t, size_t, void *);
typedef int (*ml_curl_seek_fn)(void *, curl_off_t, int);
typedef int (*ml_curl_socket_fn)(void *, curl_socket_t, curlsocktype);
typedef CURLcode (*ml_curl_ssl_ctx_fn)(CURL *, void *, void *);

static inline CURLcode ml_curl_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ml_curl_set_off(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ml_curl_set_str(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ml_curl_set_ptr(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ml_curl_set_list(CURL *h, CURLoption o, struct curl_slist *v) {
    return curl_easy_setopt(h, o, v);
}
static inline CURLcode ml_curl_set_data_fn(CURL *h, CURLoption o, ml_curl_data_fn f) {
    return curl_easy_setopt(h, o, f);
}
static inline CURLcode ml_curl_set_seek_fn(CURL *h, ml_curl_seek_fn f) {
    return curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, f);
}
static inline CURLcode ml_curl_set_socket_fn(CURL *h, ml_curl_socket_fn f) {
    return curl_easy_setopt(h, CURLOPT_SOCKOPTFUNCTION, f);
}
static inline CURLcode ml_curl_set_ssl_ctx_fn(CURL *h, ml_curl_ssl_ctx_fn f) {
    return curl_easy_setopt(h, CURLOPT_SSL_CTX_FUNCTION, f);
}
static inline CURLcode ml_curl_set_blob(CURL *h, CURLoption o, const void *p, size_t n) {
    struct curl_blob b = {(void *)p, n, CURL_BLOB_COPY};
    return curl_easy_setopt(h, o, &b);
}
static inline CURLcode ml_curl_get_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLMcode ml_curl_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
// The union inside CURLMsg.
static inline CURLcode ml_curl_message_result(const CURLMsg *m) { return m->data.result; }
static inline CURLcode ml_curl_get_str(CURL *h, CURLINFO i, char **v) { return curl_easy_getinfo(h, i, v); }
// An unsigned long macro with a cast.
static inline unsigned long ml_curl_any_auth(void) { return CURLAUTH_ANY; }

// Newer options by their older form, or left out where this libcurl does not know them (Ubuntu 22.04 has 7.81).
static inline CURLcode ml_curl_http_only(CURL *h) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(h, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}
static inline CURLcode ml_curl_leave_resolver(CURL *h) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L);
#else
    return h ? CURLE_OK : CURLE_BAD_FUNCTION_ARGUMENT;
#endif
}
