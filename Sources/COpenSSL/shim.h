// What Swift does not import from OpenSSL 3: function-like macros, and its typed stacks.
#pragma once
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline int ml_certificate_count(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *ml_certificate_at(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }
static inline STACK_OF(X509) *ml_certificate_stack(void) { return sk_X509_new_null(); }
static inline int ml_certificate_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline void ml_certificate_stack_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }
