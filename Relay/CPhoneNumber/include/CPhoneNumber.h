// A C face of the few functions of Google's libphonenumber that the directory needs. No logic here.
#ifndef CPHONENUMBER_H
#define CPHONENUMBER_H

#ifdef __cplusplus
extern "C" {
#endif

enum {
    ML_PHONE_E164_CAPACITY = 32,
    ML_PHONE_REGION_CAPACITY = 8,
};

// Kinds of number, as libphonenumber's PhoneNumberType.
enum ml_phone_kind {
    ML_PHONE_FIXED_LINE = 0,
    ML_PHONE_MOBILE = 1,
    ML_PHONE_FIXED_LINE_OR_MOBILE = 2,
    ML_PHONE_TOLL_FREE = 3,
    ML_PHONE_PREMIUM_RATE = 4,
    ML_PHONE_SHARED_COST = 5,
    ML_PHONE_VOIP = 6,
    ML_PHONE_PERSONAL_NUMBER = 7,
    ML_PHONE_PAGER = 8,
    ML_PHONE_UAN = 9,
    ML_PHONE_VOICEMAIL = 10,
    ML_PHONE_UNKNOWN = 11,
};

struct ml_phone_number {
    int parsed;    // 0: not a number at all; the rest is then empty
    int possible;  // its length is one that the region's plan has
    int valid;     // the plan knows it
    enum ml_phone_kind kind;
    int calling_code;                      // 49
    char e164[ML_PHONE_E164_CAPACITY];     // "+491701234567"
    char region[ML_PHONE_REGION_CAPACITY]; // "DE"; empty where the plan does not know
};

// Parses `text` as dialled in `region` ("DE"; "ZZ" where none is known: then only +… is a number).
// Safe to call from any thread. Never throws.
struct ml_phone_number ml_phone_parse(const char *text, const char *region);

// The calling code of `region`; 0 where libphonenumber has no plan for it.
int ml_phone_calling_code(const char *region);

#ifdef __cplusplus
}
#endif

#endif
