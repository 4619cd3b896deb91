#include "CPhoneNumber.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {
// Copies what fits and terminates it; a longer text is no number of ours and stays empty.
void put(const std::string &from, char *to, size_t capacity) {
    if (from.size() >= capacity) return;
    std::memcpy(to, from.c_str(), from.size() + 1);
}
}  // namespace

extern "C" struct ml_phone_number ml_phone_parse(const char *text, const char *region) {
    struct ml_phone_number answer = {};
    answer.kind = ML_PHONE_UNKNOWN;
    try {
        const PhoneNumberUtil *plans = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (plans->Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return answer;
        answer.parsed = 1;
        answer.possible = plans->IsPossibleNumber(number) ? 1 : 0;
        answer.valid = plans->IsValidNumber(number) ? 1 : 0;
        answer.kind = static_cast<enum ml_phone_kind>(plans->GetNumberType(number));
        answer.calling_code = number.country_code();
        std::string written;
        plans->Format(number, PhoneNumberUtil::E164, &written);
        put(written, answer.e164, sizeof answer.e164);
        std::string place;
        plans->GetRegionCodeForNumber(number, &place);
        put(place, answer.region, sizeof answer.region);
    } catch (...) {
        answer = {};
        answer.kind = ML_PHONE_UNKNOWN;
    }
    return answer;
}

extern "C" int ml_phone_calling_code(const char *region) {
    try {
        return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region);
    } catch (...) {
        return 0;
    }
}
