#pragma once
#include <curl/curl.h>
#include <stdio.h>

// Swift calls no function with a variable list of arguments.
static inline CURLcode covenant_curl_set_text(CURL *curl, CURLoption option, const char *text) {
    return curl_easy_setopt(curl, option, text);
}
static inline CURLcode covenant_curl_set_number(CURL *curl, CURLoption option, long number) {
    return curl_easy_setopt(curl, option, number);
}
static inline CURLcode covenant_curl_set_input(CURL *curl, FILE *file, curl_off_t bytes) {
    curl_easy_setopt(curl, CURLOPT_READDATA, file);
    return curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, bytes);
}
static inline CURLcode covenant_curl_set_recipients(CURL *curl, struct curl_slist *recipients) {
    return curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
}
static inline long covenant_curl_response_code(CURL *curl) {
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}
