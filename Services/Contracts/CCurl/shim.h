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

// Webhooks: of what is answered nothing but the status is read.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

// Whether the internet leads to an IPv4 address (IANA's registry of special purposes, RFC 6890).
static inline int covenant_ipv4_is_public(uint32_t a) {
    static const struct { uint32_t net; int bits; } special[] = {
        {0x00000000, 8}, {0x0A000000, 8}, {0x64400000, 10}, {0x7F000000, 8}, {0xA9FE0000, 16},
        {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
        {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},
    };
    for (unsigned i = 0; i < sizeof special / sizeof *special; i++)
        if (((a ^ special[i].net) >> (32 - special[i].bits)) == 0) return 0;
    return 1;
}

// The same of IPv6: only 2000::/3 is given out, and of it not what carries IPv4 or is documentation.
static inline int covenant_address_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return covenant_ipv4_is_public(
            ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
    if (address->sa_family != AF_INET6) return 0;
    const uint8_t *b = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
    if ((b[0] & 0xE0) != 0x20) return 0;
    if (b[0] == 0x20 && b[1] == 0x02) return 0;                                  // 6to4
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02) return 0;                   // Teredo and others
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0D && b[3] == 0xB8) return 0;  // documentation
    if (b[0] == 0x3F && b[1] == 0xFF && b[2] < 0x10) return 0;                   // documentation
    return 1;
}

static inline curl_socket_t covenant_open_public(
    void *nothing, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)nothing;
    (void)purpose;
    if (!covenant_address_is_public(&address->addr)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static inline size_t covenant_discard(char *bytes, size_t size, size_t count, void *nothing) {
    (void)bytes;
    (void)nothing;
    (void)size;
    (void)count;
    return 0;
}

static inline void covenant_curl_prepare_webhook(
    CURL *curl, struct curl_slist *fields, int may_be_private) {
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, covenant_discard);
    if (!may_be_private) curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, covenant_open_public);
}
