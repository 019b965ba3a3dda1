#define _GNU_SOURCE
#include "CLibCurl.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

// The macros that check the types of curl_easy_setopt's arguments would hide what is looked up here.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
#undef curl_share_setopt

#define FUNCTIONS(F)                                                                                                   \
    F(curl_global_init) F(curl_version_info) F(curl_free) F(curl_url) F(curl_url_cleanup) F(curl_url_set)              \
    F(curl_url_get) F(curl_slist_append) F(curl_slist_free_all) F(curl_easy_init) F(curl_easy_cleanup)                 \
    F(curl_easy_setopt) F(curl_easy_getinfo) F(curl_easy_pause) F(curl_easy_strerror) F(curl_easy_perform)             \
    F(curl_multi_init) F(curl_multi_cleanup)                                                                           \
    F(curl_multi_setopt) F(curl_multi_add_handle) F(curl_multi_remove_handle) F(curl_multi_perform)                    \
    F(curl_multi_poll) F(curl_multi_wakeup) F(curl_multi_info_read) F(curl_share_init) F(curl_share_setopt)            \
    F(curl_share_cleanup)

static struct {
#define POINTER(name) __typeof__(name) *name;
    FUNCTIONS(POINTER)
} curl;

static const char *fault = "libcurl was not loaded";
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    // OpenSSL's flavour first: after a handshake it holds a third of the memory that GnuTLS's does.
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fault = "libcurl.so.4 is not installed";
        return;
    }
#define LOOK_UP(name)                                                                                                  \
    curl.name = (__typeof__(name) *)dlsym(library, #name);                                                             \
    if (!curl.name) {                                                                                                  \
        fault = "libcurl.so.4 has no " #name;                                                                          \
        return;                                                                                                        \
    }
    FUNCTIONS(LOOK_UP)
    const curl_version_info_data *version = curl.curl_version_info(CURLVERSION_NOW);
    // 7.87 is the first with CURLOPT_QUICK_EXIT.
    if (version->version_num < 0x075700) {
        fault = "libcurl is older than 7.87";
    } else if (!(version->features & CURL_VERSION_SSL) || !(version->features & CURL_VERSION_LIBZ)) {
        fault = "libcurl was built without TLS or without zlib";
    } else if (curl.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fault = "libcurl cannot be initialized";
    } else {
        fault = NULL;
    }
}

const char *yun_curl_load(void) {
    pthread_once(&once, load);
    return fault;
}

int yun_curl_has_certificate_directory(void) {
    const curl_version_info_data *version = curl.curl_version_info(CURLVERSION_NOW);
    return version->age >= CURLVERSION_SEVENTH && version->capath && access(version->capath, R_OK | X_OK) == 0;
}

CURLU *yun_curl_url(void) { return curl.curl_url(); }
void yun_curl_url_cleanup(CURLU *url) { curl.curl_url_cleanup(url); }
CURLUcode yun_curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags) {
    return curl.curl_url_set(url, part, text, flags);
}
CURLUcode yun_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
    return curl.curl_url_get(url, part, text, flags);
}
void yun_curl_free(void *pointer) { curl.curl_free(pointer); }

struct curl_slist *yun_curl_slist_append(struct curl_slist *list, const char *text) {
    return curl.curl_slist_append(list, text);
}
void yun_curl_slist_free_all(struct curl_slist *list) { curl.curl_slist_free_all(list); }

CURL *yun_curl_easy_init(void) { return curl.curl_easy_init(); }
void yun_curl_easy_cleanup(CURL *easy) { curl.curl_easy_cleanup(easy); }
CURLcode yun_curl_easy_pause(CURL *easy, int mask) { return curl.curl_easy_pause(easy, mask); }
CURLcode yun_curl_easy_perform(CURL *easy) { return curl.curl_easy_perform(easy); }
const char *yun_curl_easy_strerror(CURLcode code) { return curl.curl_easy_strerror(code); }

long yun_curl_connect_error(CURL *easy) {
    long number = 0;
    return curl.curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK ? number : 0;
}

CURLcode yun_curl_set_number(CURL *easy, CURLoption option, long number) {
    return curl.curl_easy_setopt(easy, option, number);
}
CURLcode yun_curl_set_size(CURL *easy, CURLoption option, int64_t size) {
    return curl.curl_easy_setopt(easy, option, (curl_off_t)size);
}
CURLcode yun_curl_set_text(CURL *easy, CURLoption option, const char *text) {
    return curl.curl_easy_setopt(easy, option, text);
}
CURLcode yun_curl_set_pointer(CURL *easy, CURLoption option, void *pointer) {
    return curl.curl_easy_setopt(easy, option, pointer);
}

/// The first fault of several options; those behind it are set all the same.
#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        CURLcode set = curl.curl_easy_setopt(easy, option, value);                                                     \
        if (code == CURLE_OK) code = set;                                                                              \
    } while (0)

CURLcode yun_curl_set_callbacks(CURL *easy, const struct yun_curl_callbacks *callbacks, void *context) {
    CURLcode code = CURLE_OK;
    SET(CURLOPT_HEADERFUNCTION, callbacks->header);
    SET(CURLOPT_HEADERDATA, context);
    SET(CURLOPT_WRITEFUNCTION, callbacks->body);
    SET(CURLOPT_WRITEDATA, context);
    SET(CURLOPT_READFUNCTION, callbacks->read);
    SET(CURLOPT_READDATA, context);
    SET(CURLOPT_SEEKFUNCTION, callbacks->seek);
    SET(CURLOPT_SEEKDATA, context);
    return code;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct yun_curl_sockets *sockets = context;
    const uint8_t *bytes = NULL;
    size_t count = 0;
    if (address->family == AF_INET) {
        bytes = (const uint8_t *)&((const struct sockaddr_in *)(const void *)&address->addr)->sin_addr;
        count = 4;
    } else if (address->family == AF_INET6) {
        bytes = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)&address->addr)->sin6_addr;
        count = 16;
    }
    if (purpose != CURLSOCKTYPE_IPCXN || !bytes || !sockets->permit(sockets->context, bytes, count))
        return CURL_SOCKET_BAD;
    int socket_ = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket_ >= 0) sockets->opened(sockets->context, socket_);
    return socket_;
}

static int close_socket(void *context, curl_socket_t socket) {
    struct yun_curl_sockets *sockets = context;
    sockets->closing(sockets->context, socket);
    return close(socket);
}

CURLcode yun_curl_set_sockets(CURL *easy, struct yun_curl_sockets *sockets) {
    CURLcode code = CURLE_OK;
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, sockets);
    SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, sockets);
    return code;
}

CURLM *yun_curl_multi_init(void) { return curl.curl_multi_init(); }
void yun_curl_multi_cleanup(CURLM *multi) { curl.curl_multi_cleanup(multi); }
CURLMcode yun_curl_multi_set_number(CURLM *multi, CURLMoption option, long number) {
    return curl.curl_multi_setopt(multi, option, number);
}
CURLMcode yun_curl_multi_add_handle(CURLM *multi, CURL *easy) { return curl.curl_multi_add_handle(multi, easy); }
CURLMcode yun_curl_multi_remove_handle(CURLM *multi, CURL *easy) { return curl.curl_multi_remove_handle(multi, easy); }
CURLMcode yun_curl_multi_perform(CURLM *multi, int *running) { return curl.curl_multi_perform(multi, running); }
CURLMcode yun_curl_multi_poll(CURLM *multi, struct curl_waitfd *more, unsigned count, int milliseconds) {
    return curl.curl_multi_poll(multi, more, count, milliseconds, NULL);
}
CURLMcode yun_curl_multi_wakeup(CURLM *multi) { return curl.curl_multi_wakeup(multi); }

int yun_curl_multi_result(CURLM *multi) {
    int rest = 0;
    CURLMsg *message = curl.curl_multi_info_read(multi, &rest);
    return message && message->msg == CURLMSG_DONE ? (int)message->data.result : -1;
}

struct yun_curl_share {
    CURLSH *share;
    pthread_mutex_t locks[CURL_LOCK_DATA_LAST];
};

static void lock(CURL *easy, curl_lock_data data, curl_lock_access access, void *context) {
    (void)easy, (void)access;
    pthread_mutex_lock(&((struct yun_curl_share *)context)->locks[data]);
}

static void unlock(CURL *easy, curl_lock_data data, void *context) {
    (void)easy;
    pthread_mutex_unlock(&((struct yun_curl_share *)context)->locks[data]);
}

struct yun_curl_share *yun_curl_share_init(void) {
    struct yun_curl_share *share = calloc(1, sizeof *share);
    if (!share) return NULL;
    for (int data = 0; data < CURL_LOCK_DATA_LAST; data++) pthread_mutex_init(&share->locks[data], NULL);
    share->share = curl.curl_share_init();
    if (!share->share || curl.curl_share_setopt(share->share, CURLSHOPT_LOCKFUNC, lock) != CURLSHE_OK ||
        curl.curl_share_setopt(share->share, CURLSHOPT_UNLOCKFUNC, unlock) != CURLSHE_OK ||
        curl.curl_share_setopt(share->share, CURLSHOPT_USERDATA, share) != CURLSHE_OK ||
        curl.curl_share_setopt(share->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) != CURLSHE_OK ||
        curl.curl_share_setopt(share->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK) {
        yun_curl_share_cleanup(share);
        return NULL;
    }
    return share;
}

void yun_curl_share_cleanup(struct yun_curl_share *share) {
    if (share->share) curl.curl_share_cleanup(share->share);
    for (int data = 0; data < CURL_LOCK_DATA_LAST; data++) pthread_mutex_destroy(&share->locks[data]);
    free(share);
}

CURLcode yun_curl_set_share(CURL *easy, struct yun_curl_share *share) {
    return curl.curl_easy_setopt(easy, CURLOPT_SHARE, share->share);
}
