/// libcurl, loaded when the first request is made: 33 shared libraries hang on it, which a page manager that nobody
/// asks for the network need not pay for. `AppNetwork` and `CloudMessages` import this alone. The functions have their originals' names
/// behind `yun_`; before any of them, `yun_curl_load` must have returned NULL.
#ifndef YUN_CLIBCURL_H
#define YUN_CLIBCURL_H

#include <curl/curl.h>
#include <stdint.h>

/// Loads and initializes libcurl, once for the process and from any thread; NULL, or why it cannot be used.
const char *yun_curl_load(void);
/// Whether this libcurl's certificates of the system lie in a directory of single files, of which it reads only what a
/// chain needs. All of them in one file are a megabyte for each connection.
int yun_curl_has_certificate_directory(void);

CURLU *yun_curl_url(void);
void yun_curl_url_cleanup(CURLU *url);
CURLUcode yun_curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags);
/// The text must be freed with `yun_curl_free`.
CURLUcode yun_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags);
void yun_curl_free(void *pointer);

struct curl_slist *yun_curl_slist_append(struct curl_slist *list, const char *text);
void yun_curl_slist_free_all(struct curl_slist *list);

CURL *yun_curl_easy_init(void);
void yun_curl_easy_cleanup(CURL *easy);
CURLcode yun_curl_easy_pause(CURL *easy, int mask);
CURLcode yun_curl_easy_perform(CURL *easy);
const char *yun_curl_easy_strerror(CURLcode code);
/// The errno of the last connection that could not be made; 0 where none is known.
long yun_curl_connect_error(CURL *easy);

// curl_easy_setopt is variadic and takes what its option's number says: one function for each type.
CURLcode yun_curl_set_number(CURL *easy, CURLoption option, long number);
CURLcode yun_curl_set_size(CURL *easy, CURLoption option, int64_t size);
CURLcode yun_curl_set_text(CURL *easy, CURLoption option, const char *text);
CURLcode yun_curl_set_pointer(CURL *easy, CURLoption option, void *pointer);

/// What libcurl calls while a transfer runs, on the thread that drives it. `context` comes back as it was given.
struct yun_curl_callbacks {
    /// One line of a head; another number than `count` ends the transfer.
    size_t (*header)(char *line, size_t one, size_t count, void *context);
    /// Bytes of the body, decoded; another number than `count` ends the transfer.
    size_t (*body)(char *bytes, size_t one, size_t count, void *context);
    /// Fills `buffer` with what is to be sent; 0 at the end, CURL_READFUNC_PAUSE, CURL_READFUNC_ABORT.
    size_t (*read)(char *buffer, size_t one, size_t count, void *context);
    /// Goes back to `offset` of what is to be sent; CURL_SEEKFUNC_OK or CURL_SEEKFUNC_FAIL.
    int (*seek)(void *context, curl_off_t offset, int origin);
};
CURLcode yun_curl_set_callbacks(CURL *easy, const struct yun_curl_callbacks *callbacks, void *context);

/// What libcurl calls about connections. They outlive the transfer that opened them, so their context is another one.
struct yun_curl_sockets {
    /// Whether this address, of 4 or 16 bytes in the network's order, may be connected to. It is the one that the
    /// socket is connected to then: nothing is looked up again in between.
    int (*permit)(void *context, const uint8_t *address, size_t count);
    void (*opened)(void *context, int socket);
    /// Before the socket is closed.
    void (*closing)(void *context, int socket);
    void *context;
};
/// `sockets` must stay where it is until every connection is closed.
CURLcode yun_curl_set_sockets(CURL *easy, struct yun_curl_sockets *sockets);

CURLM *yun_curl_multi_init(void);
void yun_curl_multi_cleanup(CURLM *multi);
CURLMcode yun_curl_multi_set_number(CURLM *multi, CURLMoption option, long number);
CURLMcode yun_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode yun_curl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode yun_curl_multi_perform(CURLM *multi, int *running);
CURLMcode yun_curl_multi_poll(CURLM *multi, struct curl_waitfd *more, unsigned count, int milliseconds);
/// Ends a `yun_curl_multi_poll`; the only call that another thread may make.
CURLMcode yun_curl_multi_wakeup(CURLM *multi);
/// How the only transfer of `multi` ended; -1 while it has not.
int yun_curl_multi_result(CURLM *multi);

/// Names and TLS sessions that transfers of several threads share, with the locks that this takes.
struct yun_curl_share;
struct yun_curl_share *yun_curl_share_init(void);
/// No transfer may use it any more.
void yun_curl_share_cleanup(struct yun_curl_share *share);
CURLcode yun_curl_set_share(CURL *easy, struct yun_curl_share *share);

#endif
