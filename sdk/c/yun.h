/* yun.h: a native app's way out of its sandbox, in one file.
 *
 * Include it wherever it is used, and once, in one file, with its code:
 *
 *     #define YUN_IMPLEMENTATION
 *     #include "yun.h"
 *
 * C11 or C++11, Linux, nothing beyond libc. A client is one connection and belongs to one thread at a time; a program
 * has as many as it likes. Calls wait for their answer. Whatever the other end sends, nothing is read beyond it, and no
 * more memory is taken than two times YUN_MESSAGE_BYTES_MAX for what comes and once for what goes.
 *
 *     yun_client client;
 *     if (!yun_connect(&client, NULL)) { fprintf(stderr, "error: %s\n", client.error.message); ... }
 *     yun_open(&client, "page://mobile.taobao.com/home", NULL, NULL);
 *     yun_close(&client);
 *
 * What can be called stands in spec/varlink/, and so do the rules. Each method M of the interface com.yunos.I is
 * yun_I_m(client, &parameters, &reply) here; what of either is empty is left out. One that replies several times is
 * begun with yun_start(client, &yun_I_m_method, &parameters, true), and each reply is read with yun_next, as long as
 * client.continues.
 *
 * Apache License 2.0.
 */
#ifndef YUN_H
#define YUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define YUN_MESSAGE_BYTES_MAX ((size_t)4 << 20)
#define YUN_DESCRIPTORS_MAX 16
#define YUN_DEPTH_MAX 32

/* ---- JSON, as it comes ---- */

/* A value in a text that yun_json_read has found to be JSON. It holds as long as the text. */
typedef struct yun_json {
    const char *at;
    const char *end;
    char *room;
} yun_json;

typedef enum yun_json_kind { YUN_NULL, YUN_BOOL, YUN_NUMBER, YUN_TEXT, YUN_ARRAY, YUN_OBJECT } yun_json_kind;

/* Checks that `count` bytes are one JSON value, in UTF-8 and not deeper than YUN_DEPTH_MAX. `room` is for its strings,
 * once they are asked for: as many bytes. */
bool yun_json_read(yun_json *value, const char *bytes, size_t count, char *room);
yun_json_kind yun_json_kind_of(yun_json value);
/* These are false, or NULL, where the value is of another kind, or a number that is no int64_t as it is written. */
bool yun_json_bool(yun_json value, bool *result);
bool yun_json_int(yun_json value, int64_t *result);
/* Ends with a NUL. One that holds a NUL itself is only given to who asks for the count. */
const char *yun_json_text(yun_json value, size_t *count);
/* The first member of that name. */
bool yun_json_member(yun_json object, const char *name, yun_json *member);

/* Goes through an array, or an object: yun_json_items items = yun_json_begin(value); while (yun_json_next(&items)) ... */
typedef struct yun_json_items {
    yun_json value;
    yun_json key; /* of an object */
    yun_json rest;
    bool has_keys;
} yun_json_items;
yun_json_items yun_json_begin(yun_json value);
bool yun_json_next(yun_json_items *items);

/* ---- JSON, as it goes ---- */

/* Grows as it is written. `problem` says why it is of no use any more, if it is. */
typedef struct yun_writer {
    char *bytes;
    size_t count;
    size_t size;
    const char *problem;
} yun_writer;

/* `name` is NULL inside arrays, and behind yun_write_name, which takes any name. `opening` and `closing` are brackets. */
void yun_write_name(yun_writer *writer, const char *name, size_t count);
void yun_write_begin(yun_writer *writer, const char *name, char opening);
void yun_write_end(yun_writer *writer, char closing);
void yun_write_null(yun_writer *writer, const char *name);
void yun_write_bool(yun_writer *writer, const char *name, bool value);
void yun_write_int(yun_writer *writer, const char *name, int64_t value);
void yun_write_text(yun_writer *writer, const char *name, const char *text, size_t count);

/* ---- Calls ---- */

/* What went wrong, as `ypkg` would say it; the codes are those of spec/errors.md. `hint` may be empty. */
typedef struct yun_error {
    char code[64];
    char message[512];
    char hint[512];
} yun_error;

typedef struct yun_client {
    int socket; /* -1 when the connection is of no more use; to wait for with others */
    yun_error error; /* of the last call, if it failed */
    bool continues; /* whether more replies come */
    char path[108];
    yun_writer out;
    char *in; /* what came, and behind it as much room for its strings */
    size_t in_count, in_size, in_taken;
    int attached[YUN_DESCRIPTORS_MAX];
    int attached_count;
    struct { size_t place; int number; } arrived[3 * YUN_DESCRIPTORS_MAX];
    int arrived_count;
    int received[2 * YUN_DESCRIPTORS_MAX];
    int received_count;
} yun_client;

/* Connects to the socket at `path`; if that is NULL, to the one that YUN_BROKER names, else to /run/broker. The client
 * need not be initialized. All functions that return bool return whether it worked, and if not, client->error says why. */
bool yun_connect(yun_client *client, const char *path);
/* Takes over a connected socket. */
void yun_adopt(yun_client *client, int socket);
/* Also after a failed yun_connect; twice does no harm. */
void yun_close(yun_client *client);

/* Sends a descriptor beside the next call. It stays the caller's, to close when the call has been sent. */
bool yun_attach(yun_client *client, int descriptor);
/* The descriptor beside the latest reply, now the caller's; -1 if there is none. What nobody takes is closed with the next
 * reply. */
int yun_take(yun_client *client, int index);

/* A call in JSON: begin, write the parameters' members to client->out, send; then as many replies as there are. What was
 * received holds until the next of these calls. `more` lets several replies come. */
void yun_begin(yun_client *client);
bool yun_send_json(yun_client *client, const char *method, bool more);
bool yun_receive_json(yun_client *client, const char *method, yun_json *parameters);

/* The same by tables: how structs and JSON fit each other. */
typedef enum yun_shape {
    YUN_SHAPE_BOOL, YUN_SHAPE_INT, YUN_SHAPE_TEXT, YUN_SHAPE_CHOICE, YUN_SHAPE_RECORD, YUN_SHAPE_ARRAY, YUN_SHAPE_JSON
} yun_shape;

typedef struct yun_field {
    const char *name;
    yun_shape shape;
    bool is_optional; /* then the bool before it in the struct says whether it is there; a text is NULL, a choice 0 */
    size_t place;
    size_t other; /* where that bool is, or an array's count */
    const struct yun_record *record; /* of a record, or of an array's elements */
    const char *const *names; /* of a choice, ending with NULL; the value is 1 for the first, and 0 for any other */
} yun_field;

typedef struct yun_record {
    size_t size;
    size_t count;
    const yun_field *fields;
} yun_record;

typedef struct yun_method {
    const char *name;
    const yun_record *parameters;
    const yun_record *reply;
} yun_method;

bool yun_start(yun_client *client, const yun_method *method, const void *parameters, bool more);
/* `reply` may be NULL. Its texts and arrays hold until the next call. */
bool yun_next(yun_client *client, const yun_method *method, void *reply);
/* Both. */
bool yun_call(yun_client *client, const yun_method *method, const void *parameters, void *reply);
/* Reads an element of an array that came. `wrong` becomes the name of what does not fit; it may be NULL. */
bool yun_read(yun_json value, const yun_record *record, void *result, const char **wrong);

/* BEGIN made by `make sdk` from spec/varlink */

/* ---- com.yunos.account ---- */

typedef struct yun_account_token_parameters {
    const char *scope;
} yun_account_token_parameters;
extern const yun_record yun_account_token_parameters_record;

typedef struct yun_account_token_reply {
    const char *token;
    const char *scope;
    const char *subject;
    const char *server;
    int64_t seconds;
} yun_account_token_reply;
extern const yun_record yun_account_token_reply_record;

/* A token for the calling app alone. `scope` has names with blanks between them: `openid` to know the owner by `subject`,
 * a text that no other app has for the same owner, `profile` to read the name, `storage.app` to use the app's own folder;
 * the reply says what was given. The token is good for `seconds` at `server`, and ends when the owner signs out. */
extern const yun_method yun_account_token_method;
static inline bool yun_account_token(yun_client *client, const yun_account_token_parameters *parameters, yun_account_token_reply *reply) {
    return yun_call(client, &yun_account_token_method, parameters, reply);
}

/* ---- com.yunos.device ---- */

enum {
    YUN_DEVICE_GET_NETWORK_NONE = 1,
    YUN_DEVICE_GET_NETWORK_WIFI,
    YUN_DEVICE_GET_NETWORK_CELLULAR,
    YUN_DEVICE_GET_NETWORK_ETHERNET,
    YUN_DEVICE_GET_NETWORK_OTHER,
};

typedef struct yun_device_get_reply {
    const char *model;
    const char *language;
    int network; /* YUN_DEVICE_GET_NETWORK_NONE, ... */
} yun_device_get_reply;
extern const yun_record yun_device_get_reply_record;

/* `network` is the kind of network that requests would go over now, `language` a tag such as zh-CN. */
extern const yun_method yun_device_get_method;
static inline bool yun_device_get(yun_client *client, yun_device_get_reply *reply) {
    return yun_call(client, &yun_device_get_method, NULL, reply);
}

/* ---- com.yunos.network ---- */

/* A line of a head: `name` in any case, `value` without line ends. */
typedef struct yun_network_header {
    const char *name;
    const char *value;
} yun_network_header;
extern const yun_record yun_network_header_record;
static inline bool yun_network_header_read(yun_json value, yun_network_header *result) {
    return yun_read(value, &yun_network_header_record, result, NULL);
}

enum {
    YUN_NETWORK_REQUEST_REDIRECT_FOLLOW = 1,
    YUN_NETWORK_REQUEST_REDIRECT_ERROR,
    YUN_NETWORK_REQUEST_REDIRECT_MANUAL,
};

typedef struct yun_network_request_parameters {
    const char *method;
    const char *url;
    const yun_network_header *headers;
    size_t headers_count;
    bool has_body;
    bool body;
    bool has_limit;
    int64_t limit;
    bool has_timeout;
    int64_t timeout;
    int redirect; /* YUN_NETWORK_REQUEST_REDIRECT_FOLLOW, ... */
} yun_network_request_parameters;
extern const yun_record yun_network_request_parameters_record;

typedef struct yun_network_request_reply {
    bool has_status;
    int64_t status;
    const char *url; /* or NULL */
    bool has_headers;
    yun_json headers;
    bool has_redirected;
    bool redirected;
    bool has_received;
    int64_t received;
    bool has_sent;
    int64_t sent;
} yun_network_request_reply;
extern const yun_record yun_network_request_reply_record;

/* Sends a request. The first reply has the answer's head and beside it the descriptor of a pipe with the body; the last
 * one comes at its end and says how many bytes went over the network. Closing the pipe cancels. `body` says that a
 * descriptor beside the call gives the request's body until its end. `limit` bounds the answer's body in bytes,
 * `timeout` the whole in milliseconds. `redirect` is what to do about redirections: follow is the default. */
extern const yun_method yun_network_request_method;
static inline bool yun_network_request(yun_client *client, const yun_network_request_parameters *parameters, yun_network_request_reply *reply) {
    return yun_call(client, &yun_network_request_method, parameters, reply);
}

/* ---- com.yunos.notification ---- */

/* What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
 * (`link` if none is given) and a text for it. */
typedef struct yun_notification_link {
    const char *uri;
    const char *event; /* or NULL */
    const char *data; /* or NULL */
} yun_notification_link;
extern const yun_record yun_notification_link_record;
static inline bool yun_notification_link_read(yun_json value, yun_notification_link *result) {
    return yun_read(value, &yun_notification_link_record, result, NULL);
}

typedef struct yun_notification_post_parameters {
    const char *title;
    const char *text;
    const char *tag; /* or NULL */
    bool has_link;
    yun_notification_link link;
} yun_notification_post_parameters;
extern const yun_record yun_notification_post_parameters_record;

typedef struct yun_notification_post_reply {
    int64_t number;
} yun_notification_post_reply;
extern const yun_record yun_notification_post_reply_record;

/* Shows a notification, with a title of 1 to 200 characters and a text of at most 2000. One with the same tag is
 * replaced. `link` opens a page of the app when the owner takes the notification up. */
extern const yun_method yun_notification_post_method;
static inline bool yun_notification_post(yun_client *client, const yun_notification_post_parameters *parameters, yun_notification_post_reply *reply) {
    return yun_call(client, &yun_notification_post_method, parameters, reply);
}

typedef struct yun_notification_withdraw_parameters {
    int64_t number;
} yun_notification_withdraw_parameters;
extern const yun_record yun_notification_withdraw_parameters_record;

/* Takes a notification away. */
extern const yun_method yun_notification_withdraw_method;
static inline bool yun_notification_withdraw(yun_client *client, const yun_notification_withdraw_parameters *parameters) {
    return yun_call(client, &yun_notification_withdraw_method, parameters, NULL);
}

/* ---- com.yunos.page ---- */

/* What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
 * (`link` if none is given) and a text for it. */
typedef struct yun_page_link {
    const char *uri;
    const char *event; /* or NULL */
    const char *data; /* or NULL */
} yun_page_link;
extern const yun_record yun_page_link_record;
static inline bool yun_page_link_read(yun_json value, yun_page_link *result) {
    return yun_read(value, &yun_page_link_record, result, NULL);
}

enum {
    YUN_PAGE_WATCH_EVENT_CREATE = 1,
    YUN_PAGE_WATCH_EVENT_START,
    YUN_PAGE_WATCH_EVENT_SHOW,
    YUN_PAGE_WATCH_EVENT_HIDE,
    YUN_PAGE_WATCH_EVENT_STOP,
    YUN_PAGE_WATCH_EVENT_DESTROY,
    YUN_PAGE_WATCH_EVENT_LINK,
    YUN_PAGE_WATCH_EVENT_TRIM_MEMORY,
    YUN_PAGE_WATCH_EVENT_BACK_KEY,
};

enum {
    YUN_PAGE_WATCH_LEVEL_MODERATE = 1,
    YUN_PAGE_WATCH_LEVEL_LOW,
    YUN_PAGE_WATCH_LEVEL_CRITICAL,
};

typedef struct yun_page_watch_reply {
    int64_t number;
    int64_t instance;
    int event; /* YUN_PAGE_WATCH_EVENT_CREATE, ... */
    bool has_link;
    yun_page_link link;
    const char *content; /* or NULL */
    const char *title; /* or NULL */
    int level; /* YUN_PAGE_WATCH_LEVEL_MODERATE, ... */
} yun_page_watch_reply;
extern const yun_record yun_page_watch_reply_record;

/* The events of the caller's pages as they come: of the one page of a native program, of all web pages of a web host.
 * `number` counts the events of one instance. Each is to be answered with Taken when it has been dealt with; an app that
 * does not watch is not waited for. Only one connection of a program can watch, once, with `more`.
 * With create come `content`, the page's file or program in the package, `title`, and the `link` for which the page is,
 * which comes by itself when it has started; with link comes `link`; with trim_memory comes `level`. */
extern const yun_method yun_page_watch_method;
static inline bool yun_page_watch(yun_client *client, yun_page_watch_reply *reply) {
    return yun_call(client, &yun_page_watch_method, NULL, reply);
}

typedef struct yun_page_taken_parameters {
    int64_t instance;
    int64_t number;
    bool has_handled;
    bool handled;
} yun_page_taken_parameters;
extern const yun_record yun_page_taken_parameters_record;

/* The events of an instance up to this number have been dealt with. `handled` is false for a back_key that the page has
 * no use for: the page manager closes the page then. */
extern const yun_method yun_page_taken_method;
static inline bool yun_page_taken(yun_client *client, const yun_page_taken_parameters *parameters) {
    return yun_call(client, &yun_page_taken_method, parameters, NULL);
}

typedef struct yun_page_open_parameters {
    yun_page_link link;
} yun_page_open_parameters;
extern const yun_record yun_page_open_parameters_record;

/* Opens a page of this app, or of another one while a page of this app is shown. */
extern const yun_method yun_page_open_method;
static inline bool yun_page_open(yun_client *client, const yun_page_open_parameters *parameters) {
    return yun_call(client, &yun_page_open_method, parameters, NULL);
}

typedef struct yun_page_close_parameters {
    int64_t instance;
} yun_page_close_parameters;
extern const yun_record yun_page_close_parameters_record;

/* Closes one of the caller's pages. */
extern const yun_method yun_page_close_method;
static inline bool yun_page_close(yun_client *client, const yun_page_close_parameters *parameters) {
    return yun_call(client, &yun_page_close_method, parameters, NULL);
}

typedef struct yun_page_hold_parameters {
    int64_t instance;
    const char *reason;
} yun_page_hold_parameters;
extern const yun_record yun_page_hold_parameters_record;

/* Goes on while hidden, for a reason that the manifest declares for the page. Called with `more`: one reply when it holds,
 * and it holds as long as the connection. */
extern const yun_method yun_page_hold_method;
static inline bool yun_page_hold(yun_client *client, const yun_page_hold_parameters *parameters) {
    return yun_call(client, &yun_page_hold_method, parameters, NULL);
}

/* ---- com.yunos.permission ---- */

enum {
    YUN_PERMISSION_PERMISSION_STATE_GRANTED = 1,
    YUN_PERMISSION_PERMISSION_STATE_ASK,
    YUN_PERMISSION_PERMISSION_STATE_DENIED,
};

/* How the app stands with the permission of that full name. */
typedef struct yun_permission_permission {
    const char *name;
    int state; /* YUN_PERMISSION_PERMISSION_STATE_GRANTED, ... */
} yun_permission_permission;
extern const yun_record yun_permission_permission_record;
static inline bool yun_permission_permission_read(yun_json value, yun_permission_permission *result) {
    return yun_read(value, &yun_permission_permission_record, result, NULL);
}

typedef struct yun_permission_list_reply {
    yun_json permissions;
} yun_permission_list_reply;
extern const yun_record yun_permission_list_reply_record;

/* The permissions of the manifest. */
extern const yun_method yun_permission_list_method;
static inline bool yun_permission_list(yun_client *client, yun_permission_list_reply *reply) {
    return yun_call(client, &yun_permission_list_method, NULL, reply);
}

typedef struct yun_permission_ask_parameters {
    const char *name;
} yun_permission_ask_parameters;
extern const yun_record yun_permission_ask_parameters_record;

enum {
    YUN_PERMISSION_ASK_STATE_GRANTED = 1,
    YUN_PERMISSION_ASK_STATE_DENIED,
};

typedef struct yun_permission_ask_reply {
    int state; /* YUN_PERMISSION_ASK_STATE_GRANTED, ... */
} yun_permission_ask_reply;
extern const yun_record yun_permission_ask_reply_record;

/* Asks the owner for a permission, where he was not asked before. Waits for the answer. */
extern const yun_method yun_permission_ask_method;
static inline bool yun_permission_ask(yun_client *client, const yun_permission_ask_parameters *parameters, yun_permission_ask_reply *reply) {
    return yun_call(client, &yun_permission_ask_method, parameters, reply);
}

/* ---- com.yunos.storage ---- */

/* Sets a value, or removes it where there is none. With `expected`, only if the key's version is that, 0 for no value. */
typedef struct yun_storage_change {
    const char *key;
    const char *value; /* or NULL */
    bool has_expected;
    int64_t expected;
} yun_storage_change;
extern const yun_record yun_storage_change_record;
static inline bool yun_storage_change_read(yun_json value, yun_storage_change *result) {
    return yun_read(value, &yun_storage_change_record, result, NULL);
}

enum {
    YUN_STORAGE_FILE_KIND_FILE = 1,
    YUN_STORAGE_FILE_KIND_DIRECTORY,
};

/* `modified` is in milliseconds since 1970. */
typedef struct yun_storage_file {
    const char *name;
    int kind; /* YUN_STORAGE_FILE_KIND_FILE, ... */
    int64_t size;
    int64_t modified;
} yun_storage_file;
extern const yun_record yun_storage_file_record;
static inline bool yun_storage_file_read(yun_json value, yun_storage_file *result) {
    return yun_read(value, &yun_storage_file_record, result, NULL);
}

/* `version` is the number of the change that stored it; the numbers of an app's changes grow. */
typedef struct yun_storage_value {
    const char *key;
    const char *value;
    int64_t version;
} yun_storage_value;
extern const yun_record yun_storage_value_record;
static inline bool yun_storage_value_read(yun_json value, yun_storage_value *result) {
    return yun_read(value, &yun_storage_value_record, result, NULL);
}

typedef struct yun_storage_get_parameters {
    const char *key;
} yun_storage_get_parameters;
extern const yun_record yun_storage_get_parameters_record;

typedef struct yun_storage_get_reply {
    bool has_value;
    yun_storage_value value;
} yun_storage_get_reply;
extern const yun_record yun_storage_get_reply_record;

/* The value of a key of 1 to 256 bytes, if there is one. */
extern const yun_method yun_storage_get_method;
static inline bool yun_storage_get(yun_client *client, const yun_storage_get_parameters *parameters, yun_storage_get_reply *reply) {
    return yun_call(client, &yun_storage_get_method, parameters, reply);
}

typedef struct yun_storage_commit_parameters {
    const yun_storage_change *changes;
    size_t changes_count;
} yun_storage_commit_parameters;
extern const yun_record yun_storage_commit_parameters_record;

typedef struct yun_storage_commit_reply {
    bool done;
    int64_t version;
} yun_storage_commit_reply;
extern const yun_record yun_storage_commit_reply_record;

/* Makes all changes or none. `done` is false where one did not find what it expected. */
extern const yun_method yun_storage_commit_method;
static inline bool yun_storage_commit(yun_client *client, const yun_storage_commit_parameters *parameters, yun_storage_commit_reply *reply) {
    return yun_call(client, &yun_storage_commit_method, parameters, reply);
}

typedef struct yun_storage_list_parameters {
    const char *prefix;
    const char *after; /* or NULL */
    bool has_limit;
    int64_t limit;
} yun_storage_list_parameters;
extern const yun_record yun_storage_list_parameters_record;

typedef struct yun_storage_list_reply {
    yun_json values;
    bool complete;
} yun_storage_list_reply;
extern const yun_record yun_storage_list_reply_record;

/* The values whose keys begin with `prefix`, in the order of their bytes, behind the key `after`. No more
 * than 1000 come at once. */
extern const yun_method yun_storage_list_method;
static inline bool yun_storage_list(yun_client *client, const yun_storage_list_parameters *parameters, yun_storage_list_reply *reply) {
    return yun_call(client, &yun_storage_list_method, parameters, reply);
}

typedef struct yun_storage_watch_parameters {
    const char *prefix;
} yun_storage_watch_parameters;
extern const yun_record yun_storage_watch_parameters_record;

typedef struct yun_storage_watch_reply {
    const char *key; /* or NULL */
    const char *value; /* or NULL */
    int64_t version;
} yun_storage_watch_reply;
extern const yun_record yun_storage_watch_reply_record;

/* Changes of keys that begin with `prefix`, as they are made; called with `more`. Without `key` so much has changed at
 * once that all is to be read anew. */
extern const yun_method yun_storage_watch_method;
static inline bool yun_storage_watch(yun_client *client, const yun_storage_watch_parameters *parameters, yun_storage_watch_reply *reply) {
    return yun_call(client, &yun_storage_watch_method, parameters, reply);
}

typedef struct yun_storage_usage_reply {
    int64_t values;
    int64_t values_limit;
    int64_t files;
    int64_t files_limit;
} yun_storage_usage_reply;
extern const yun_record yun_storage_usage_reply_record;

/* How many bytes values and files take, and may take. */
extern const yun_method yun_storage_usage_method;
static inline bool yun_storage_usage(yun_client *client, yun_storage_usage_reply *reply) {
    return yun_call(client, &yun_storage_usage_method, NULL, reply);
}

typedef struct yun_storage_read_file_parameters {
    const char *path;
} yun_storage_read_file_parameters;
extern const yun_record yun_storage_read_file_parameters_record;

typedef struct yun_storage_read_file_reply {
    int64_t size;
} yun_storage_read_file_reply;
extern const yun_record yun_storage_read_file_reply_record;

/* Opens a file to be read: the descriptor comes beside the reply. */
extern const yun_method yun_storage_read_file_method;
static inline bool yun_storage_read_file(yun_client *client, const yun_storage_read_file_parameters *parameters, yun_storage_read_file_reply *reply) {
    return yun_call(client, &yun_storage_read_file_method, parameters, reply);
}

typedef struct yun_storage_write_file_parameters {
    const char *path;
    const char *text; /* or NULL */
} yun_storage_write_file_parameters;
extern const yun_record yun_storage_write_file_parameters_record;

typedef struct yun_storage_write_file_reply {
    int64_t size;
} yun_storage_write_file_reply;
extern const yun_record yun_storage_write_file_reply_record;

/* Replaces or makes a file as a whole, of `text` or of what the descriptor beside the call gives until its end. */
extern const yun_method yun_storage_write_file_method;
static inline bool yun_storage_write_file(yun_client *client, const yun_storage_write_file_parameters *parameters, yun_storage_write_file_reply *reply) {
    return yun_call(client, &yun_storage_write_file_method, parameters, reply);
}

typedef struct yun_storage_list_files_parameters {
    const char *path;
    const char *after; /* or NULL */
    bool has_limit;
    int64_t limit;
} yun_storage_list_files_parameters;
extern const yun_record yun_storage_list_files_parameters_record;

typedef struct yun_storage_list_files_reply {
    yun_json files;
    bool complete;
} yun_storage_list_files_reply;
extern const yun_record yun_storage_list_files_reply_record;

/* What lies in a directory, the top one where `path` is empty, behind the name `after`. No more than
 * 1000 come at once. */
extern const yun_method yun_storage_list_files_method;
static inline bool yun_storage_list_files(yun_client *client, const yun_storage_list_files_parameters *parameters, yun_storage_list_files_reply *reply) {
    return yun_call(client, &yun_storage_list_files_method, parameters, reply);
}

typedef struct yun_storage_make_directory_parameters {
    const char *path;
} yun_storage_make_directory_parameters;
extern const yun_record yun_storage_make_directory_parameters_record;

/* Makes a directory. */
extern const yun_method yun_storage_make_directory_method;
static inline bool yun_storage_make_directory(yun_client *client, const yun_storage_make_directory_parameters *parameters) {
    return yun_call(client, &yun_storage_make_directory_method, parameters, NULL);
}

typedef struct yun_storage_move_file_parameters {
    const char *path;
    const char *to;
    bool has_replace;
    bool replace;
} yun_storage_move_file_parameters;
extern const yun_record yun_storage_move_file_parameters_record;

/* Gives a file or directory another name; with `replace` also that of a file which is there. */
extern const yun_method yun_storage_move_file_method;
static inline bool yun_storage_move_file(yun_client *client, const yun_storage_move_file_parameters *parameters) {
    return yun_call(client, &yun_storage_move_file_method, parameters, NULL);
}

typedef struct yun_storage_remove_file_parameters {
    const char *path;
    bool has_recursive;
    bool recursive;
} yun_storage_remove_file_parameters;
extern const yun_record yun_storage_remove_file_parameters_record;

/* Removes a file or an empty directory; with `recursive` all that is in it. */
extern const yun_method yun_storage_remove_file_method;
static inline bool yun_storage_remove_file(yun_client *client, const yun_storage_remove_file_parameters *parameters) {
    return yun_call(client, &yun_storage_remove_file_method, parameters, NULL);
}
/* END made by `make sdk` from spec/varlink */

/* ---- What most apps need ---- */

/* Is given an event of a page; false says that there is no use for a back_key. */
typedef bool (*yun_on_event)(void *context, const yun_page_watch_reply *event);
/* Gives each event of the program's page to `on_event` and acknowledges it, until the page is destroyed. Meanwhile nothing
 * else can be called over this client; a second connection is made for the acknowledgements. */
bool yun_watch(yun_client *client, yun_on_event on_event, void *context);

/* Opens a page; `event` and `data` may be NULL. */
bool yun_open(yun_client *client, const char *uri, const char *event, const char *data);

/* An own value: NULL if there is none, or client->error.code is not empty. It holds until the next call. */
const char *yun_value_get(yun_client *client, const char *key);
/* Sets it, or removes it where `value` is NULL. It is on the disk then. */
bool yun_value_set(yun_client *client, const char *key, const char *value);

/* Sends a request and reads the head of its answer. The body is read from the descriptor that is returned, -1 for none,
 * and yun_request_end tells how it went; to close the descriptor before its end cancels. A body to send is a descriptor
 * too: yun_attach it, and set `has_body` and `body`. */
int yun_request(yun_client *client, const yun_network_request_parameters *request, yun_network_request_reply *head);
bool yun_request_end(yun_client *client, yun_network_request_reply *end);

/* Shows a notification; `tag` and `uri` may be NULL. Returns its number, or -1. */
int64_t yun_notify(yun_client *client, const char *title, const char *text, const char *tag, const char *uri);

/* Asks for a permission, and waits for the owner. False also where he says no; client->error.code is empty then. */
bool yun_permission_granted(yun_client *client, const char *name);

#ifdef __cplusplus
}
#endif
#endif /* YUN_H */

#ifdef YUN_IMPLEMENTATION
#undef YUN_IMPLEMENTATION

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- JSON, as it comes ---- */

typedef struct yun__scan {
    const char *at;
    const char *end;
} yun__scan;

static bool yun__is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

static bool yun__is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static void yun__skip_spaces(yun__scan *scan) {
    while (scan->at < scan->end && yun__is_space(*scan->at)) scan->at++;
}

static bool yun__take(yun__scan *scan, char byte) {
    if (scan->at >= scan->end || *scan->at != byte) return false;
    scan->at++;
    return true;
}

static bool yun__take_word(yun__scan *scan, const char *word) {
    size_t count = strlen(word);
    if ((size_t)(scan->end - scan->at) < count || memcmp(scan->at, word, count) != 0) return false;
    scan->at += count;
    return true;
}

static bool yun__take_digits(yun__scan *scan) {
    const char *begin = scan->at;
    while (scan->at < scan->end && yun__is_digit(*scan->at)) scan->at++;
    return scan->at > begin;
}

static bool yun__take_number(yun__scan *scan) {
    yun__take(scan, '-');
    if (!yun__take(scan, '0') && !yun__take_digits(scan)) return false;
    if (yun__take(scan, '.') && !yun__take_digits(scan)) return false;
    if (!yun__take(scan, 'e') && !yun__take(scan, 'E')) return true;
    if (!yun__take(scan, '+')) yun__take(scan, '-');
    return yun__take_digits(scan);
}

/* How many bytes the character has that begins here; 0 where it is not UTF-8: too long a form, half of a pair and what is
 * beyond Unicode are not. */
static size_t yun__character_bytes(const char *at, const char *end) {
    const unsigned char *bytes = (const unsigned char *)at;
    size_t room = (size_t)(end - at);
    size_t count = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : bytes[0] < 0xF5 ? 4 : 0;
    if (count > room) return 0;
    for (size_t i = 1; i < count; i++)
        if ((bytes[i] & 0xC0) != 0x80) return 0;
    if ((bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xED && bytes[1] > 0x9F) ||
        (bytes[0] == 0xF0 && bytes[1] < 0x90) || (bytes[0] == 0xF4 && bytes[1] > 0x8F))
        return 0;
    return count;
}

static bool yun__take_hex(yun__scan *scan, unsigned *result) {
    if (scan->end - scan->at < 4) return false;
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char byte = *scan->at++;
        int digit = yun__is_digit(byte) ? byte - '0'
            : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
            : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
        if (digit < 0) return false;
        value = value << 4 | (unsigned)digit;
    }
    *result = value;
    return true;
}

/* Behind a backslash: the character that it stands for. Half of a pair stands for none. */
static bool yun__take_escape(yun__scan *scan, unsigned *result) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (scan->at >= scan->end) return false;
    char letter = *scan->at++;
    const char *found = letter != 0 ? strchr(letters, letter) : NULL;
    if (found != NULL) {
        *result = (unsigned char)meanings[found - letters];
        return true;
    }
    unsigned low = 0;
    if (letter != 'u' || !yun__take_hex(scan, result)) return false;
    if (*result < 0xD800 || *result > 0xDFFF) return true;
    if (*result > 0xDBFF || !yun__take_word(scan, "\\u") || !yun__take_hex(scan, &low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return false;
    *result = 0x10000 + ((*result - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static bool yun__take_text(yun__scan *scan) {
    if (!yun__take(scan, '"')) return false;
    while (scan->at < scan->end) {
        unsigned character;
        if (yun__take(scan, '"')) return true;
        if (yun__take(scan, '\\')) {
            if (!yun__take_escape(scan, &character)) return false;
            continue;
        }
        size_t count = (unsigned char)*scan->at < 0x20 ? 0 : yun__character_bytes(scan->at, scan->end);
        if (count == 0) return false;
        scan->at += count;
    }
    return false;
}

static bool yun__take_value(yun__scan *scan, int depth) {
    if (scan->at >= scan->end) return false;
    char opening = *scan->at;
    if (opening == '"') return yun__take_text(scan);
    if (opening != '{' && opening != '[')
        return yun__take_word(scan, "null") || yun__take_word(scan, "true") || yun__take_word(scan, "false") ||
            yun__take_number(scan);
    char closing = opening == '{' ? '}' : ']';
    if (depth >= YUN_DEPTH_MAX) return false;
    scan->at++;
    yun__skip_spaces(scan);
    if (yun__take(scan, closing)) return true;
    do {
        yun__skip_spaces(scan);
        if (opening == '{') {
            if (!yun__take_text(scan)) return false;
            yun__skip_spaces(scan);
            if (!yun__take(scan, ':')) return false;
            yun__skip_spaces(scan);
        }
        if (!yun__take_value(scan, depth + 1)) return false;
        yun__skip_spaces(scan);
    } while (yun__take(scan, ','));
    return yun__take(scan, closing);
}

bool yun_json_read(yun_json *value, const char *bytes, size_t count, char *room) {
    yun__scan scan = {bytes, bytes + count};
    yun__skip_spaces(&scan);
    value->at = scan.at;
    value->room = room + (scan.at - bytes);
    if (!yun__take_value(&scan, 0)) return false;
    value->end = scan.at;
    yun__skip_spaces(&scan);
    return scan.at == scan.end;
}

yun_json_kind yun_json_kind_of(yun_json value) {
    switch (*value.at) {
    case 'n': return YUN_NULL;
    case 't':
    case 'f': return YUN_BOOL;
    case '"': return YUN_TEXT;
    case '[': return YUN_ARRAY;
    case '{': return YUN_OBJECT;
    default: return YUN_NUMBER;
    }
}

bool yun_json_bool(yun_json value, bool *result) {
    if (yun_json_kind_of(value) != YUN_BOOL) return false;
    *result = *value.at == 't';
    return true;
}

bool yun_json_int(yun_json value, int64_t *result) {
    if (yun_json_kind_of(value) != YUN_NUMBER) return false;
    bool is_negative = *value.at == '-';
    int64_t sum = 0; /* below zero, where there is room for one more */
    for (const char *at = value.at + is_negative; at < value.end; at++) {
        if (!yun__is_digit(*at) || sum < (INT64_MIN + (*at - '0')) / 10) return false;
        sum = sum * 10 - (*at - '0');
    }
    if (!is_negative && sum == INT64_MIN) return false;
    *result = is_negative ? sum : -sum;
    return true;
}

static char *yun__put_character(char *to, unsigned character) {
    if (character < 0x80) {
        *to++ = (char)character;
        return to;
    }
    if (character < 0x800) {
        *to++ = (char)(0xC0 | character >> 6);
    } else {
        if (character < 0x10000) {
            *to++ = (char)(0xE0 | character >> 12);
        } else {
            *to++ = (char)(0xF0 | character >> 18);
            *to++ = (char)(0x80 | (character >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (character >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (character & 0x3F));
    return to;
}

/* What a string stands for is never longer than the string, so it fits into as much room, with a NUL for a quote. */
const char *yun_json_text(yun_json value, size_t *count) {
    if (yun_json_kind_of(value) != YUN_TEXT) return NULL;
    yun__scan scan = {value.at + 1, value.end - 1};
    char *to = value.room;
    bool has_nul = false;
    while (scan.at < scan.end) {
        unsigned character = 0;
        if (!yun__take(&scan, '\\')) {
            *to++ = *scan.at++;
            continue;
        }
        if (!yun__take_escape(&scan, &character)) return NULL;
        has_nul = has_nul || character == 0;
        to = yun__put_character(to, character);
    }
    *to = 0;
    if (count != NULL) *count = (size_t)(to - value.room);
    return has_nul && count == NULL ? NULL : value.room;
}

yun_json_items yun_json_begin(yun_json value) {
    yun_json_items items;
    memset(&items, 0, sizeof items);
    yun_json_kind kind = yun_json_kind_of(value);
    items.rest = value;
    items.has_keys = kind == YUN_OBJECT;
    if (kind == YUN_OBJECT || kind == YUN_ARRAY) {
        items.rest.at++;
        items.rest.room++;
        items.rest.end--;
    } else {
        items.rest.at = value.end;
    }
    return items;
}

/* The value that begins where the rest does, which then begins behind it. The text was checked, so no string is needed
 * more than its quotes, and no container more than its brackets. */
static yun_json yun__take_item(yun_json *rest) {
    yun_json value = *rest;
    const char *at = rest->at;
    int depth = 0;
    bool is_text = false;
    for (; at < rest->end; at++) {
        if (is_text) {
            if (*at == '\\') at++;
            else is_text = *at != '"';
        } else if (*at == '"') {
            is_text = true;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            depth--;
        } else if (depth == 0 && (*at == ',' || *at == ':' || yun__is_space(*at))) {
            break;
        }
    }
    value.end = at;
    rest->room += at - rest->at;
    rest->at = at;
    return value;
}

static void yun__skip_between(yun_json *rest) {
    while (rest->at < rest->end && (yun__is_space(*rest->at) || *rest->at == ',' || *rest->at == ':')) {
        rest->at++;
        rest->room++;
    }
}

bool yun_json_next(yun_json_items *items) {
    yun__skip_between(&items->rest);
    if (items->rest.at >= items->rest.end) return false;
    if (items->has_keys) {
        items->key = yun__take_item(&items->rest);
        yun__skip_between(&items->rest);
    }
    items->value = yun__take_item(&items->rest);
    return true;
}

bool yun_json_member(yun_json object, const char *name, yun_json *member) {
    if (yun_json_kind_of(object) != YUN_OBJECT) return false;
    yun_json_items items = yun_json_begin(object);
    while (yun_json_next(&items)) {
        const char *key = yun_json_text(items.key, NULL);
        if (key != NULL && strcmp(key, name) == 0) {
            *member = items.value;
            return true;
        }
    }
    return false;
}

/* ---- JSON, as it goes ---- */

static void yun__put(yun_writer *writer, const char *bytes, size_t count) {
    if (writer->problem != NULL) return;
    if (count > YUN_MESSAGE_BYTES_MAX + 1 - writer->count) {
        writer->problem = "it is too long";
        return;
    }
    if (count > writer->size - writer->count) {
        size_t size = writer->size < 512 ? 1024 : writer->size * 2;
        while (size < writer->count + count) size *= 2;
        char *grown = (char *)realloc(writer->bytes, size);
        if (grown == NULL) {
            writer->problem = "there is no memory for it";
            return;
        }
        writer->bytes = grown;
        writer->size = size;
    }
    memcpy(writer->bytes + writer->count, bytes, count);
    writer->count += count;
}

static void yun__put_text(yun_writer *writer, const char *text, size_t count) {
    const char *end = text + count;
    yun__put(writer, "\"", 1);
    for (const char *at = text; at < end;) {
        size_t bytes = yun__character_bytes(at, end);
        if (bytes == 0 && writer->problem == NULL) writer->problem = "a text in it is not UTF-8";
        if (writer->problem != NULL) return;
        if ((unsigned char)*at < 0x20) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)*at);
            yun__put(writer, escape, 6);
        } else {
            if (*at == '"' || *at == '\\') yun__put(writer, "\\", 1);
            yun__put(writer, at, bytes);
        }
        at += bytes;
    }
    yun__put(writer, "\"", 1);
}

/* Behind a value comes a comma; a string ends with a quote whatever it holds. */
static void yun__put_comma(yun_writer *writer) {
    if (writer->count > 0 && strchr("{[:", writer->bytes[writer->count - 1]) == NULL) yun__put(writer, ",", 1);
}

void yun_write_name(yun_writer *writer, const char *name, size_t count) {
    yun__put_comma(writer);
    yun__put_text(writer, name, count);
    yun__put(writer, ":", 1);
}

static void yun__put_name(yun_writer *writer, const char *name) {
    if (name != NULL) yun_write_name(writer, name, strlen(name));
    else yun__put_comma(writer);
}

void yun_write_begin(yun_writer *writer, const char *name, char opening) {
    yun__put_name(writer, name);
    yun__put(writer, &opening, 1);
}

void yun_write_end(yun_writer *writer, char closing) { yun__put(writer, &closing, 1); }

void yun_write_null(yun_writer *writer, const char *name) {
    yun__put_name(writer, name);
    yun__put(writer, "null", 4);
}

void yun_write_bool(yun_writer *writer, const char *name, bool value) {
    yun__put_name(writer, name);
    yun__put(writer, value ? "true" : "false", value ? 4 : 5);
}

void yun_write_int(yun_writer *writer, const char *name, int64_t value) {
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%lld", (long long)value);
    yun__put_name(writer, name);
    yun__put(writer, digits, (size_t)count);
}

void yun_write_text(yun_writer *writer, const char *name, const char *text, size_t count) {
    yun__put_name(writer, name);
    yun__put_text(writer, text, count);
}

/* ---- Calls ---- */

/* Cut between characters, and without those that would move a cursor. */
static void yun__copy(char *to, size_t size, const char *text) {
    size_t count = 0;
    const char *end = text + strlen(text);
    while (text < end) {
        size_t bytes = yun__character_bytes(text, end);
        if (bytes == 0 || count + bytes >= size) break;
        memcpy(to + count, text, bytes);
        if ((unsigned char)*text < 0x20 || *text == 0x7F) to[count] = ' ';
        count += bytes;
        text += bytes;
    }
    to[count] = 0;
}

static void yun__forget_error(yun_client *client) {
    client->error.code[0] = client->error.message[0] = client->error.hint[0] = 0;
}

static bool yun__fail(yun_client *client, const char *code, const char *message, const char *detail) {
    char line[sizeof client->error.message];
    int written = snprintf(line, sizeof line, message, detail);
    yun__forget_error(client);
    yun__copy(client->error.code, sizeof client->error.code, code);
    yun__copy(client->error.message, sizeof client->error.message, written > 0 ? line : message);
    return false;
}

static void yun__close_received(yun_client *client) {
    for (int i = 0; i < client->received_count; i++)
        if (client->received[i] >= 0) close(client->received[i]);
    client->received_count = 0;
}

static void yun__hang_up(yun_client *client) {
    yun__close_received(client);
    for (int i = 0; i < client->arrived_count; i++) close(client->arrived[i].number);
    client->arrived_count = 0;
    client->continues = false;
    if (client->socket >= 0) close(client->socket);
    client->socket = -1;
}

/* What came is not what a broker sends, and nothing behind it can be trusted to be. */
static bool yun__broken(yun_client *client, const char *message, const char *detail) {
    yun__hang_up(client);
    return yun__fail(client, "platform.unavailable", message, detail);
}

void yun_adopt(yun_client *client, int socket) {
    memset(client, 0, sizeof *client);
    client->socket = socket;
}

bool yun_connect(yun_client *client, const char *path) {
    struct sockaddr_un address;
    yun_adopt(client, -1);
    if (path == NULL) path = getenv("YUN_BROKER");
    if (path == NULL || *path == 0) path = "/run/broker";
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address.sun_path)
        return yun__fail(client, "usage", "the path of the broker's socket is too long: %.80s...", path);
    strcpy(address.sun_path, path);
    strcpy(client->path, path);
    client->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int connected;
    do connected = connect(client->socket, (struct sockaddr *)&address, sizeof address);
    while (connected < 0 && errno == EINTR);
    if (connected == 0) return true;
    yun__broken(client, "cannot reach the broker: %s", strerror(errno));
    yun__copy(client->error.hint, sizeof client->error.hint, "the app has one where it was opened as a page");
    return false;
}

void yun_close(yun_client *client) {
    yun__hang_up(client);
    free(client->out.bytes);
    free(client->in);
    yun_adopt(client, -1);
}

bool yun_attach(yun_client *client, int descriptor) {
    if (client->attached_count >= YUN_DESCRIPTORS_MAX)
        return yun__fail(client, "usage", "a call has at most 16 descriptors%s", "");
    client->attached[client->attached_count++] = descriptor;
    return true;
}

int yun_take(yun_client *client, int index) {
    if (index < 0 || index >= client->received_count) return -1;
    int descriptor = client->received[index];
    client->received[index] = -1;
    return descriptor;
}

void yun_begin(yun_client *client) {
    client->out.count = 0;
    client->out.problem = NULL;
    yun_write_begin(&client->out, NULL, '{');
    yun_write_begin(&client->out, "parameters", '{');
}

typedef union yun__control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * 2 * YUN_DESCRIPTORS_MAX)];
} yun__control;

/* Writes it all, what was attached beside the first byte. */
static bool yun__write(yun_client *client) {
    size_t sent = 0;
    while (sent < client->out.count) {
        yun__control control;
        struct iovec content;
        struct msghdr message;
        size_t bytes = sizeof(int) * (size_t)client->attached_count;
        content.iov_base = client->out.bytes + sent;
        content.iov_len = client->out.count - sent;
        memset(&message, 0, sizeof message);
        message.msg_iov = &content;
        message.msg_iovlen = 1;
        if (sent == 0 && bytes > 0) {
            memset(&control, 0, sizeof control);
            control.header.cmsg_len = CMSG_LEN(bytes);
            control.header.cmsg_level = SOL_SOCKET;
            control.header.cmsg_type = SCM_RIGHTS;
            memcpy(CMSG_DATA(&control.header), client->attached, bytes);
            message.msg_control = &control;
            message.msg_controllen = CMSG_SPACE(bytes);
        }
        ssize_t count = sendmsg(client->socket, &message, MSG_NOSIGNAL);
        if (count > 0) sent += (size_t)count;
        else if (errno != EINTR) return false;
    }
    return true;
}

bool yun_send_json(yun_client *client, const char *method, bool more) {
    yun__forget_error(client);
    yun_write_end(&client->out, '}');
    yun_write_text(&client->out, "method", method, strlen(method));
    if (more) yun_write_bool(&client->out, "more", true);
    yun_write_end(&client->out, '}');
    yun__put(&client->out, "", 1);
    bool is_sent = client->out.problem == NULL && client->socket >= 0 && yun__write(client);
    int reason = errno;
    client->attached_count = 0;
    if (is_sent) return true;
    if (client->out.problem != NULL)
        return yun__fail(client, "usage", "the call cannot be sent: %s", client->out.problem);
    if (client->socket < 0)
        return yun__fail(client, "platform.unavailable", "there is no connection to the broker%s", "");
    return yun__broken(client, "the broker does not take the call: %s", strerror(reason));
}

/* Keeps what came beside a piece. The kernel ends a piece where descriptors came, and those begin with the first byte of a
 * message: they belong to the last one that begins in the piece. */
static bool yun__keep_descriptors(yun_client *client, struct msghdr *message, size_t piece) {
    size_t place = 0;
    for (size_t i = piece; i > 1 && place == 0; i--)
        if (client->in[client->in_count + i - 2] == 0) place = client->in_count + i - 1;
    bool fits = (message->msg_flags & MSG_CTRUNC) == 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int number;
            memcpy(&number, CMSG_DATA(header) + i * sizeof number, sizeof number);
            if (client->arrived_count < (int)(sizeof client->arrived / sizeof *client->arrived)) {
                client->arrived[client->arrived_count].place = place;
                client->arrived[client->arrived_count++].number = number;
            } else {
                fits = false;
                close(number);
            }
        }
    }
    return fits;
}

/* Makes room for at least one byte more than there are. */
static bool yun__grow(yun_client *client) {
    if (client->in_count < client->in_size) return true;
    size_t size = client->in_size == 0 ? 4096 : client->in_size * 2;
    if (size > YUN_MESSAGE_BYTES_MAX + 1) size = YUN_MESSAGE_BYTES_MAX + 1;
    if (size <= client->in_count) return false;
    char *grown = (char *)realloc(client->in, size * 2);
    if (grown == NULL) return false;
    client->in = grown;
    client->in_size = size;
    return true;
}

/* Reads until a message is whole; `place` becomes its NUL's. */
static bool yun__read_message(yun_client *client, size_t *place) {
    size_t searched = 0;
    while (true) {
        char *end = client->in == NULL ? NULL
            : (char *)memchr(client->in + searched, 0, client->in_count - searched);
        if (end != NULL) {
            *place = (size_t)(end - client->in);
            return true;
        }
        searched = client->in_count;
        if (!yun__grow(client)) return yun__broken(client, "the broker's answer is too long%s", "");
        yun__control control;
        struct iovec content;
        struct msghdr message;
        content.iov_base = client->in + client->in_count;
        content.iov_len = client->in_size - client->in_count;
        memset(&message, 0, sizeof message);
        message.msg_iov = &content;
        message.msg_iovlen = 1;
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        ssize_t count = recvmsg(client->socket, &message, MSG_CMSG_CLOEXEC);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return yun__broken(client, "cannot read the broker's answer: %s", strerror(errno));
        if (!yun__keep_descriptors(client, &message, (size_t)count))
            return yun__broken(client, "the broker's answer has too many descriptors%s", "");
        if (count == 0) return yun__broken(client, "the broker has hung up before its answer ended%s", "");
        client->in_count += (size_t)count;
    }
}

/* What was given out of the buffer is over; its descriptors too. */
static void yun__drop_message(yun_client *client) {
    yun__close_received(client);
    if (client->in_taken == 0) return;
    client->in_count -= client->in_taken;
    memmove(client->in, client->in + client->in_taken, client->in_count);
    client->in_taken = 0;
}

static void yun__take_descriptors(yun_client *client, size_t end) {
    int kept = 0;
    for (int i = 0; i < client->arrived_count; i++) {
        bool is_own = client->arrived[i].place <= end;
        if (is_own && client->received_count < 2 * YUN_DESCRIPTORS_MAX) {
            client->received[client->received_count++] = client->arrived[i].number;
        } else if (is_own) {
            close(client->arrived[i].number);
        } else {
            client->arrived[kept].number = client->arrived[i].number;
            client->arrived[kept++].place = client->arrived[i].place - end - 1;
        }
    }
    client->arrived_count = kept;
}

/* What the error of a reply says. `Failed` of our interfaces has a code, a message and mostly a hint. */
static bool yun__refused(yun_client *client, const char *method, const char *name, yun_json parameters) {
    yun_json code, message, hint;
    size_t count = strlen(name);
    const char *code_text = NULL, *message_text = NULL, *hint_text = NULL;
    if (count > 7 && strcmp(name + count - 7, ".Failed") == 0 && yun_json_member(parameters, "code", &code) &&
        yun_json_member(parameters, "message", &message)) {
        code_text = yun_json_text(code, NULL);
        message_text = yun_json_text(message, NULL);
    }
    if (code_text == NULL || message_text == NULL || *code_text == 0) {
        char detail[256];
        snprintf(detail, sizeof detail, "%.100s: %.120s", method, name);
        return yun__fail(client, "platform.unavailable", "the broker refuses %s", detail);
    }
    yun__fail(client, code_text, "%s", message_text);
    if (yun_json_member(parameters, "hint", &hint)) hint_text = yun_json_text(hint, NULL);
    if (hint_text != NULL) yun__copy(client->error.hint, sizeof client->error.hint, hint_text);
    return false;
}

bool yun_receive_json(yun_client *client, const char *method, yun_json *parameters) {
    static const char empty[] = "{}";
    static char room[sizeof empty];
    yun_json reply, member;
    yun__forget_error(client);
    yun__drop_message(client);
    client->continues = false;
    if (client->socket < 0)
        return yun__fail(client, "platform.unavailable", "there is no connection to the broker%s", "");
    size_t end = 0;
    if (!yun__read_message(client, &end)) return false;
    client->in_taken = end + 1;
    yun__take_descriptors(client, end);
    if (!yun_json_read(&reply, client->in, end, client->in + client->in_size) ||
        yun_json_kind_of(reply) != YUN_OBJECT)
        return yun__broken(client, "the broker's answer to %s is no message", method);
    bool has_parameters = yun_json_member(reply, "parameters", parameters);
    if (!has_parameters) yun_json_read(parameters, empty, sizeof empty - 1, room);
    if (yun_json_kind_of(*parameters) != YUN_OBJECT)
        return yun__broken(client, "the broker's answer to %s is no message", method);
    if (yun_json_member(reply, "error", &member) && yun_json_kind_of(member) != YUN_NULL) {
        const char *name = yun_json_text(member, NULL);
        if (name == NULL) return yun__broken(client, "the broker's answer to %s is no message", method);
        return yun__refused(client, method, name, *parameters);
    }
    if (yun_json_member(reply, "continues", &member)) yun_json_bool(member, &client->continues);
    return true;
}

/* ---- Tables ---- */

static bool yun__read_field(yun_json value, const yun_field *field, char *at, const char **wrong) {
    int choice = 0;
    const char *text;
    switch (field->shape) {
    case YUN_SHAPE_BOOL: return yun_json_bool(value, (bool *)(void *)at);
    case YUN_SHAPE_INT: return yun_json_int(value, (int64_t *)(void *)at);
    case YUN_SHAPE_TEXT:
        text = yun_json_text(value, NULL);
        memcpy(at, &text, sizeof text);
        return text != NULL;
    case YUN_SHAPE_CHOICE:
        text = yun_json_text(value, NULL);
        if (text == NULL) return false;
        for (int i = 0; field->names[i] != NULL; i++)
            if (strcmp(text, field->names[i]) == 0) choice = i + 1;
        memcpy(at, &choice, sizeof choice);
        return true;
    case YUN_SHAPE_RECORD: return yun_read(value, field->record, at, wrong);
    case YUN_SHAPE_ARRAY:
    case YUN_SHAPE_JSON:
        memcpy(at, &value, sizeof value);
        return field->shape == YUN_SHAPE_JSON || yun_json_kind_of(value) == YUN_ARRAY;
    }
    return false;
}

bool yun_read(yun_json value, const yun_record *record, void *result, const char **wrong) {
    memset(result, 0, record->size);
    if (yun_json_kind_of(value) != YUN_OBJECT) return false;
    for (size_t i = 0; i < record->count; i++) {
        const yun_field *field = &record->fields[i];
        char *to = (char *)result;
        yun_json member;
        bool is_there = yun_json_member(value, field->name, &member) && yun_json_kind_of(member) != YUN_NULL;
        if (wrong != NULL) *wrong = field->name;
        if (!is_there && !field->is_optional) return false;
        if (is_there && !yun__read_field(member, field, to + field->place, wrong)) return false;
        if (field->is_optional && field->other != field->place) *(bool *)(void *)(to + field->other) = is_there;
    }
    return true;
}

static void yun__write_record(yun_writer *writer, const yun_record *record, const void *value);

static void yun__write_array(yun_writer *writer, const yun_field *field, const char *from) {
    const char *elements;
    size_t count;
    memcpy(&elements, from + field->place, sizeof elements);
    memcpy(&count, from + field->other, sizeof count);
    yun_write_begin(writer, field->name, '[');
    for (size_t i = 0; i < count; i++) {
        yun_write_begin(writer, NULL, '{');
        yun__write_record(writer, field->record, elements + i * field->record->size);
        yun_write_end(writer, '}');
    }
    yun_write_end(writer, ']');
}

static void yun__write_field(yun_writer *writer, const yun_field *field, const char *from) {
    const char *text;
    int choice, known = 0;
    switch (field->shape) {
    case YUN_SHAPE_BOOL: yun_write_bool(writer, field->name, *(const bool *)(const void *)(from + field->place)); break;
    case YUN_SHAPE_INT: yun_write_int(writer, field->name, *(const int64_t *)(const void *)(from + field->place)); break;
    case YUN_SHAPE_TEXT:
        memcpy(&text, from + field->place, sizeof text);
        if (text != NULL) yun_write_text(writer, field->name, text, strlen(text));
        else if (!field->is_optional && writer->problem == NULL) writer->problem = "a text is missing";
        break;
    case YUN_SHAPE_CHOICE:
        memcpy(&choice, from + field->place, sizeof choice);
        while (field->names[known] != NULL) known++;
        if (choice >= 1 && choice <= known)
            yun_write_text(writer, field->name, field->names[choice - 1], strlen(field->names[choice - 1]));
        break;
    case YUN_SHAPE_RECORD:
        yun_write_begin(writer, field->name, '{');
        yun__write_record(writer, field->record, from + field->place);
        yun_write_end(writer, '}');
        break;
    case YUN_SHAPE_ARRAY: yun__write_array(writer, field, from); break;
    case YUN_SHAPE_JSON: break;
    }
}

static void yun__write_record(yun_writer *writer, const yun_record *record, const void *value) {
    const char *from = (const char *)value;
    for (size_t i = 0; i < record->count; i++) {
        const yun_field *field = &record->fields[i];
        bool has_flag = field->is_optional && field->other != field->place;
        if (!has_flag || *(const bool *)(const void *)(from + field->other)) yun__write_field(writer, field, from);
    }
}

bool yun_start(yun_client *client, const yun_method *method, const void *parameters, bool more) {
    yun_begin(client);
    if (parameters != NULL) yun__write_record(&client->out, method->parameters, parameters);
    return yun_send_json(client, method->name, more);
}

bool yun_next(yun_client *client, const yun_method *method, void *reply) {
    yun_json parameters;
    const char *wrong = "";
    if (!yun_receive_json(client, method->name, &parameters)) return false;
    if (reply == NULL || method->reply->count == 0 || yun_read(parameters, method->reply, reply, &wrong)) return true;
    char detail[256];
    snprintf(detail, sizeof detail, "%.120s gives no %.100s", method->name, wrong);
    return yun__broken(client, "the broker's answer to %s that is understood", detail);
}

bool yun_call(yun_client *client, const yun_method *method, const void *parameters, void *reply) {
    return yun_start(client, method, parameters, false) && yun_next(client, method, reply);
}

static const yun_record yun__nothing = {0, 0, NULL};

/* BEGIN tables made by `make sdk` from spec/varlink */
static const yun_field yun__account_token_parameters_fields[] = {
    {"scope", YUN_SHAPE_TEXT, false, offsetof(yun_account_token_parameters, scope), offsetof(yun_account_token_parameters, scope), NULL, NULL},
};
const yun_record yun_account_token_parameters_record = {sizeof(yun_account_token_parameters), 1, yun__account_token_parameters_fields};
static const yun_field yun__account_token_reply_fields[] = {
    {"token", YUN_SHAPE_TEXT, false, offsetof(yun_account_token_reply, token), offsetof(yun_account_token_reply, token), NULL, NULL},
    {"scope", YUN_SHAPE_TEXT, false, offsetof(yun_account_token_reply, scope), offsetof(yun_account_token_reply, scope), NULL, NULL},
    {"subject", YUN_SHAPE_TEXT, false, offsetof(yun_account_token_reply, subject), offsetof(yun_account_token_reply, subject), NULL, NULL},
    {"server", YUN_SHAPE_TEXT, false, offsetof(yun_account_token_reply, server), offsetof(yun_account_token_reply, server), NULL, NULL},
    {"seconds", YUN_SHAPE_INT, false, offsetof(yun_account_token_reply, seconds), offsetof(yun_account_token_reply, seconds), NULL, NULL},
};
const yun_record yun_account_token_reply_record = {sizeof(yun_account_token_reply), 5, yun__account_token_reply_fields};
const yun_method yun_account_token_method = {"com.yunos.account.Token", &yun_account_token_parameters_record, &yun_account_token_reply_record};
static const char *const yun__device_get_network_names[] = {"none", "wifi", "cellular", "ethernet", "other", NULL};
static const yun_field yun__device_get_reply_fields[] = {
    {"model", YUN_SHAPE_TEXT, false, offsetof(yun_device_get_reply, model), offsetof(yun_device_get_reply, model), NULL, NULL},
    {"language", YUN_SHAPE_TEXT, false, offsetof(yun_device_get_reply, language), offsetof(yun_device_get_reply, language), NULL, NULL},
    {"network", YUN_SHAPE_CHOICE, false, offsetof(yun_device_get_reply, network), offsetof(yun_device_get_reply, network), NULL, yun__device_get_network_names},
};
const yun_record yun_device_get_reply_record = {sizeof(yun_device_get_reply), 3, yun__device_get_reply_fields};
const yun_method yun_device_get_method = {"com.yunos.device.Get", &yun__nothing, &yun_device_get_reply_record};
static const yun_field yun__network_header_fields[] = {
    {"name", YUN_SHAPE_TEXT, false, offsetof(yun_network_header, name), offsetof(yun_network_header, name), NULL, NULL},
    {"value", YUN_SHAPE_TEXT, false, offsetof(yun_network_header, value), offsetof(yun_network_header, value), NULL, NULL},
};
const yun_record yun_network_header_record = {sizeof(yun_network_header), 2, yun__network_header_fields};
static const char *const yun__network_request_redirect_names[] = {"follow", "error", "manual", NULL};
static const yun_field yun__network_request_parameters_fields[] = {
    {"method", YUN_SHAPE_TEXT, false, offsetof(yun_network_request_parameters, method), offsetof(yun_network_request_parameters, method), NULL, NULL},
    {"url", YUN_SHAPE_TEXT, false, offsetof(yun_network_request_parameters, url), offsetof(yun_network_request_parameters, url), NULL, NULL},
    {"headers", YUN_SHAPE_ARRAY, false, offsetof(yun_network_request_parameters, headers), offsetof(yun_network_request_parameters, headers_count), &yun_network_header_record, NULL},
    {"body", YUN_SHAPE_BOOL, true, offsetof(yun_network_request_parameters, body), offsetof(yun_network_request_parameters, has_body), NULL, NULL},
    {"limit", YUN_SHAPE_INT, true, offsetof(yun_network_request_parameters, limit), offsetof(yun_network_request_parameters, has_limit), NULL, NULL},
    {"timeout", YUN_SHAPE_INT, true, offsetof(yun_network_request_parameters, timeout), offsetof(yun_network_request_parameters, has_timeout), NULL, NULL},
    {"redirect", YUN_SHAPE_CHOICE, true, offsetof(yun_network_request_parameters, redirect), offsetof(yun_network_request_parameters, redirect), NULL, yun__network_request_redirect_names},
};
const yun_record yun_network_request_parameters_record = {sizeof(yun_network_request_parameters), 7, yun__network_request_parameters_fields};
static const yun_field yun__network_request_reply_fields[] = {
    {"status", YUN_SHAPE_INT, true, offsetof(yun_network_request_reply, status), offsetof(yun_network_request_reply, has_status), NULL, NULL},
    {"url", YUN_SHAPE_TEXT, true, offsetof(yun_network_request_reply, url), offsetof(yun_network_request_reply, url), NULL, NULL},
    {"headers", YUN_SHAPE_ARRAY, true, offsetof(yun_network_request_reply, headers), offsetof(yun_network_request_reply, has_headers), NULL, NULL},
    {"redirected", YUN_SHAPE_BOOL, true, offsetof(yun_network_request_reply, redirected), offsetof(yun_network_request_reply, has_redirected), NULL, NULL},
    {"received", YUN_SHAPE_INT, true, offsetof(yun_network_request_reply, received), offsetof(yun_network_request_reply, has_received), NULL, NULL},
    {"sent", YUN_SHAPE_INT, true, offsetof(yun_network_request_reply, sent), offsetof(yun_network_request_reply, has_sent), NULL, NULL},
};
const yun_record yun_network_request_reply_record = {sizeof(yun_network_request_reply), 6, yun__network_request_reply_fields};
const yun_method yun_network_request_method = {"com.yunos.network.Request", &yun_network_request_parameters_record, &yun_network_request_reply_record};
static const yun_field yun__notification_link_fields[] = {
    {"uri", YUN_SHAPE_TEXT, false, offsetof(yun_notification_link, uri), offsetof(yun_notification_link, uri), NULL, NULL},
    {"event", YUN_SHAPE_TEXT, true, offsetof(yun_notification_link, event), offsetof(yun_notification_link, event), NULL, NULL},
    {"data", YUN_SHAPE_TEXT, true, offsetof(yun_notification_link, data), offsetof(yun_notification_link, data), NULL, NULL},
};
const yun_record yun_notification_link_record = {sizeof(yun_notification_link), 3, yun__notification_link_fields};
static const yun_field yun__notification_post_parameters_fields[] = {
    {"title", YUN_SHAPE_TEXT, false, offsetof(yun_notification_post_parameters, title), offsetof(yun_notification_post_parameters, title), NULL, NULL},
    {"text", YUN_SHAPE_TEXT, false, offsetof(yun_notification_post_parameters, text), offsetof(yun_notification_post_parameters, text), NULL, NULL},
    {"tag", YUN_SHAPE_TEXT, true, offsetof(yun_notification_post_parameters, tag), offsetof(yun_notification_post_parameters, tag), NULL, NULL},
    {"link", YUN_SHAPE_RECORD, true, offsetof(yun_notification_post_parameters, link), offsetof(yun_notification_post_parameters, has_link), &yun_notification_link_record, NULL},
};
const yun_record yun_notification_post_parameters_record = {sizeof(yun_notification_post_parameters), 4, yun__notification_post_parameters_fields};
static const yun_field yun__notification_post_reply_fields[] = {
    {"number", YUN_SHAPE_INT, false, offsetof(yun_notification_post_reply, number), offsetof(yun_notification_post_reply, number), NULL, NULL},
};
const yun_record yun_notification_post_reply_record = {sizeof(yun_notification_post_reply), 1, yun__notification_post_reply_fields};
const yun_method yun_notification_post_method = {"com.yunos.notification.Post", &yun_notification_post_parameters_record, &yun_notification_post_reply_record};
static const yun_field yun__notification_withdraw_parameters_fields[] = {
    {"number", YUN_SHAPE_INT, false, offsetof(yun_notification_withdraw_parameters, number), offsetof(yun_notification_withdraw_parameters, number), NULL, NULL},
};
const yun_record yun_notification_withdraw_parameters_record = {sizeof(yun_notification_withdraw_parameters), 1, yun__notification_withdraw_parameters_fields};
const yun_method yun_notification_withdraw_method = {"com.yunos.notification.Withdraw", &yun_notification_withdraw_parameters_record, &yun__nothing};
static const yun_field yun__page_link_fields[] = {
    {"uri", YUN_SHAPE_TEXT, false, offsetof(yun_page_link, uri), offsetof(yun_page_link, uri), NULL, NULL},
    {"event", YUN_SHAPE_TEXT, true, offsetof(yun_page_link, event), offsetof(yun_page_link, event), NULL, NULL},
    {"data", YUN_SHAPE_TEXT, true, offsetof(yun_page_link, data), offsetof(yun_page_link, data), NULL, NULL},
};
const yun_record yun_page_link_record = {sizeof(yun_page_link), 3, yun__page_link_fields};
static const char *const yun__page_watch_event_names[] = {"create", "start", "show", "hide", "stop", "destroy", "link", "trim_memory", "back_key", NULL};
static const char *const yun__page_watch_level_names[] = {"moderate", "low", "critical", NULL};
static const yun_field yun__page_watch_reply_fields[] = {
    {"number", YUN_SHAPE_INT, false, offsetof(yun_page_watch_reply, number), offsetof(yun_page_watch_reply, number), NULL, NULL},
    {"instance", YUN_SHAPE_INT, false, offsetof(yun_page_watch_reply, instance), offsetof(yun_page_watch_reply, instance), NULL, NULL},
    {"event", YUN_SHAPE_CHOICE, false, offsetof(yun_page_watch_reply, event), offsetof(yun_page_watch_reply, event), NULL, yun__page_watch_event_names},
    {"link", YUN_SHAPE_RECORD, true, offsetof(yun_page_watch_reply, link), offsetof(yun_page_watch_reply, has_link), &yun_page_link_record, NULL},
    {"content", YUN_SHAPE_TEXT, true, offsetof(yun_page_watch_reply, content), offsetof(yun_page_watch_reply, content), NULL, NULL},
    {"title", YUN_SHAPE_TEXT, true, offsetof(yun_page_watch_reply, title), offsetof(yun_page_watch_reply, title), NULL, NULL},
    {"level", YUN_SHAPE_CHOICE, true, offsetof(yun_page_watch_reply, level), offsetof(yun_page_watch_reply, level), NULL, yun__page_watch_level_names},
};
const yun_record yun_page_watch_reply_record = {sizeof(yun_page_watch_reply), 7, yun__page_watch_reply_fields};
const yun_method yun_page_watch_method = {"com.yunos.page.Watch", &yun__nothing, &yun_page_watch_reply_record};
static const yun_field yun__page_taken_parameters_fields[] = {
    {"instance", YUN_SHAPE_INT, false, offsetof(yun_page_taken_parameters, instance), offsetof(yun_page_taken_parameters, instance), NULL, NULL},
    {"number", YUN_SHAPE_INT, false, offsetof(yun_page_taken_parameters, number), offsetof(yun_page_taken_parameters, number), NULL, NULL},
    {"handled", YUN_SHAPE_BOOL, true, offsetof(yun_page_taken_parameters, handled), offsetof(yun_page_taken_parameters, has_handled), NULL, NULL},
};
const yun_record yun_page_taken_parameters_record = {sizeof(yun_page_taken_parameters), 3, yun__page_taken_parameters_fields};
const yun_method yun_page_taken_method = {"com.yunos.page.Taken", &yun_page_taken_parameters_record, &yun__nothing};
static const yun_field yun__page_open_parameters_fields[] = {
    {"link", YUN_SHAPE_RECORD, false, offsetof(yun_page_open_parameters, link), offsetof(yun_page_open_parameters, link), &yun_page_link_record, NULL},
};
const yun_record yun_page_open_parameters_record = {sizeof(yun_page_open_parameters), 1, yun__page_open_parameters_fields};
const yun_method yun_page_open_method = {"com.yunos.page.Open", &yun_page_open_parameters_record, &yun__nothing};
static const yun_field yun__page_close_parameters_fields[] = {
    {"instance", YUN_SHAPE_INT, false, offsetof(yun_page_close_parameters, instance), offsetof(yun_page_close_parameters, instance), NULL, NULL},
};
const yun_record yun_page_close_parameters_record = {sizeof(yun_page_close_parameters), 1, yun__page_close_parameters_fields};
const yun_method yun_page_close_method = {"com.yunos.page.Close", &yun_page_close_parameters_record, &yun__nothing};
static const yun_field yun__page_hold_parameters_fields[] = {
    {"instance", YUN_SHAPE_INT, false, offsetof(yun_page_hold_parameters, instance), offsetof(yun_page_hold_parameters, instance), NULL, NULL},
    {"reason", YUN_SHAPE_TEXT, false, offsetof(yun_page_hold_parameters, reason), offsetof(yun_page_hold_parameters, reason), NULL, NULL},
};
const yun_record yun_page_hold_parameters_record = {sizeof(yun_page_hold_parameters), 2, yun__page_hold_parameters_fields};
const yun_method yun_page_hold_method = {"com.yunos.page.Hold", &yun_page_hold_parameters_record, &yun__nothing};
static const char *const yun__permission_permission_state_names[] = {"granted", "ask", "denied", NULL};
static const yun_field yun__permission_permission_fields[] = {
    {"name", YUN_SHAPE_TEXT, false, offsetof(yun_permission_permission, name), offsetof(yun_permission_permission, name), NULL, NULL},
    {"state", YUN_SHAPE_CHOICE, false, offsetof(yun_permission_permission, state), offsetof(yun_permission_permission, state), NULL, yun__permission_permission_state_names},
};
const yun_record yun_permission_permission_record = {sizeof(yun_permission_permission), 2, yun__permission_permission_fields};
static const yun_field yun__permission_list_reply_fields[] = {
    {"permissions", YUN_SHAPE_ARRAY, false, offsetof(yun_permission_list_reply, permissions), offsetof(yun_permission_list_reply, permissions), NULL, NULL},
};
const yun_record yun_permission_list_reply_record = {sizeof(yun_permission_list_reply), 1, yun__permission_list_reply_fields};
const yun_method yun_permission_list_method = {"com.yunos.permission.List", &yun__nothing, &yun_permission_list_reply_record};
static const yun_field yun__permission_ask_parameters_fields[] = {
    {"name", YUN_SHAPE_TEXT, false, offsetof(yun_permission_ask_parameters, name), offsetof(yun_permission_ask_parameters, name), NULL, NULL},
};
const yun_record yun_permission_ask_parameters_record = {sizeof(yun_permission_ask_parameters), 1, yun__permission_ask_parameters_fields};
static const char *const yun__permission_ask_state_names[] = {"granted", "denied", NULL};
static const yun_field yun__permission_ask_reply_fields[] = {
    {"state", YUN_SHAPE_CHOICE, false, offsetof(yun_permission_ask_reply, state), offsetof(yun_permission_ask_reply, state), NULL, yun__permission_ask_state_names},
};
const yun_record yun_permission_ask_reply_record = {sizeof(yun_permission_ask_reply), 1, yun__permission_ask_reply_fields};
const yun_method yun_permission_ask_method = {"com.yunos.permission.Ask", &yun_permission_ask_parameters_record, &yun_permission_ask_reply_record};
static const yun_field yun__storage_change_fields[] = {
    {"key", YUN_SHAPE_TEXT, false, offsetof(yun_storage_change, key), offsetof(yun_storage_change, key), NULL, NULL},
    {"value", YUN_SHAPE_TEXT, true, offsetof(yun_storage_change, value), offsetof(yun_storage_change, value), NULL, NULL},
    {"expected", YUN_SHAPE_INT, true, offsetof(yun_storage_change, expected), offsetof(yun_storage_change, has_expected), NULL, NULL},
};
const yun_record yun_storage_change_record = {sizeof(yun_storage_change), 3, yun__storage_change_fields};
static const char *const yun__storage_file_kind_names[] = {"file", "directory", NULL};
static const yun_field yun__storage_file_fields[] = {
    {"name", YUN_SHAPE_TEXT, false, offsetof(yun_storage_file, name), offsetof(yun_storage_file, name), NULL, NULL},
    {"kind", YUN_SHAPE_CHOICE, false, offsetof(yun_storage_file, kind), offsetof(yun_storage_file, kind), NULL, yun__storage_file_kind_names},
    {"size", YUN_SHAPE_INT, false, offsetof(yun_storage_file, size), offsetof(yun_storage_file, size), NULL, NULL},
    {"modified", YUN_SHAPE_INT, false, offsetof(yun_storage_file, modified), offsetof(yun_storage_file, modified), NULL, NULL},
};
const yun_record yun_storage_file_record = {sizeof(yun_storage_file), 4, yun__storage_file_fields};
static const yun_field yun__storage_value_fields[] = {
    {"key", YUN_SHAPE_TEXT, false, offsetof(yun_storage_value, key), offsetof(yun_storage_value, key), NULL, NULL},
    {"value", YUN_SHAPE_TEXT, false, offsetof(yun_storage_value, value), offsetof(yun_storage_value, value), NULL, NULL},
    {"version", YUN_SHAPE_INT, false, offsetof(yun_storage_value, version), offsetof(yun_storage_value, version), NULL, NULL},
};
const yun_record yun_storage_value_record = {sizeof(yun_storage_value), 3, yun__storage_value_fields};
static const yun_field yun__storage_get_parameters_fields[] = {
    {"key", YUN_SHAPE_TEXT, false, offsetof(yun_storage_get_parameters, key), offsetof(yun_storage_get_parameters, key), NULL, NULL},
};
const yun_record yun_storage_get_parameters_record = {sizeof(yun_storage_get_parameters), 1, yun__storage_get_parameters_fields};
static const yun_field yun__storage_get_reply_fields[] = {
    {"value", YUN_SHAPE_RECORD, true, offsetof(yun_storage_get_reply, value), offsetof(yun_storage_get_reply, has_value), &yun_storage_value_record, NULL},
};
const yun_record yun_storage_get_reply_record = {sizeof(yun_storage_get_reply), 1, yun__storage_get_reply_fields};
const yun_method yun_storage_get_method = {"com.yunos.storage.Get", &yun_storage_get_parameters_record, &yun_storage_get_reply_record};
static const yun_field yun__storage_commit_parameters_fields[] = {
    {"changes", YUN_SHAPE_ARRAY, false, offsetof(yun_storage_commit_parameters, changes), offsetof(yun_storage_commit_parameters, changes_count), &yun_storage_change_record, NULL},
};
const yun_record yun_storage_commit_parameters_record = {sizeof(yun_storage_commit_parameters), 1, yun__storage_commit_parameters_fields};
static const yun_field yun__storage_commit_reply_fields[] = {
    {"done", YUN_SHAPE_BOOL, false, offsetof(yun_storage_commit_reply, done), offsetof(yun_storage_commit_reply, done), NULL, NULL},
    {"version", YUN_SHAPE_INT, false, offsetof(yun_storage_commit_reply, version), offsetof(yun_storage_commit_reply, version), NULL, NULL},
};
const yun_record yun_storage_commit_reply_record = {sizeof(yun_storage_commit_reply), 2, yun__storage_commit_reply_fields};
const yun_method yun_storage_commit_method = {"com.yunos.storage.Commit", &yun_storage_commit_parameters_record, &yun_storage_commit_reply_record};
static const yun_field yun__storage_list_parameters_fields[] = {
    {"prefix", YUN_SHAPE_TEXT, false, offsetof(yun_storage_list_parameters, prefix), offsetof(yun_storage_list_parameters, prefix), NULL, NULL},
    {"after", YUN_SHAPE_TEXT, true, offsetof(yun_storage_list_parameters, after), offsetof(yun_storage_list_parameters, after), NULL, NULL},
    {"limit", YUN_SHAPE_INT, true, offsetof(yun_storage_list_parameters, limit), offsetof(yun_storage_list_parameters, has_limit), NULL, NULL},
};
const yun_record yun_storage_list_parameters_record = {sizeof(yun_storage_list_parameters), 3, yun__storage_list_parameters_fields};
static const yun_field yun__storage_list_reply_fields[] = {
    {"values", YUN_SHAPE_ARRAY, false, offsetof(yun_storage_list_reply, values), offsetof(yun_storage_list_reply, values), NULL, NULL},
    {"complete", YUN_SHAPE_BOOL, false, offsetof(yun_storage_list_reply, complete), offsetof(yun_storage_list_reply, complete), NULL, NULL},
};
const yun_record yun_storage_list_reply_record = {sizeof(yun_storage_list_reply), 2, yun__storage_list_reply_fields};
const yun_method yun_storage_list_method = {"com.yunos.storage.List", &yun_storage_list_parameters_record, &yun_storage_list_reply_record};
static const yun_field yun__storage_watch_parameters_fields[] = {
    {"prefix", YUN_SHAPE_TEXT, false, offsetof(yun_storage_watch_parameters, prefix), offsetof(yun_storage_watch_parameters, prefix), NULL, NULL},
};
const yun_record yun_storage_watch_parameters_record = {sizeof(yun_storage_watch_parameters), 1, yun__storage_watch_parameters_fields};
static const yun_field yun__storage_watch_reply_fields[] = {
    {"key", YUN_SHAPE_TEXT, true, offsetof(yun_storage_watch_reply, key), offsetof(yun_storage_watch_reply, key), NULL, NULL},
    {"value", YUN_SHAPE_TEXT, true, offsetof(yun_storage_watch_reply, value), offsetof(yun_storage_watch_reply, value), NULL, NULL},
    {"version", YUN_SHAPE_INT, false, offsetof(yun_storage_watch_reply, version), offsetof(yun_storage_watch_reply, version), NULL, NULL},
};
const yun_record yun_storage_watch_reply_record = {sizeof(yun_storage_watch_reply), 3, yun__storage_watch_reply_fields};
const yun_method yun_storage_watch_method = {"com.yunos.storage.Watch", &yun_storage_watch_parameters_record, &yun_storage_watch_reply_record};
static const yun_field yun__storage_usage_reply_fields[] = {
    {"values", YUN_SHAPE_INT, false, offsetof(yun_storage_usage_reply, values), offsetof(yun_storage_usage_reply, values), NULL, NULL},
    {"values_limit", YUN_SHAPE_INT, false, offsetof(yun_storage_usage_reply, values_limit), offsetof(yun_storage_usage_reply, values_limit), NULL, NULL},
    {"files", YUN_SHAPE_INT, false, offsetof(yun_storage_usage_reply, files), offsetof(yun_storage_usage_reply, files), NULL, NULL},
    {"files_limit", YUN_SHAPE_INT, false, offsetof(yun_storage_usage_reply, files_limit), offsetof(yun_storage_usage_reply, files_limit), NULL, NULL},
};
const yun_record yun_storage_usage_reply_record = {sizeof(yun_storage_usage_reply), 4, yun__storage_usage_reply_fields};
const yun_method yun_storage_usage_method = {"com.yunos.storage.Usage", &yun__nothing, &yun_storage_usage_reply_record};
static const yun_field yun__storage_read_file_parameters_fields[] = {
    {"path", YUN_SHAPE_TEXT, false, offsetof(yun_storage_read_file_parameters, path), offsetof(yun_storage_read_file_parameters, path), NULL, NULL},
};
const yun_record yun_storage_read_file_parameters_record = {sizeof(yun_storage_read_file_parameters), 1, yun__storage_read_file_parameters_fields};
static const yun_field yun__storage_read_file_reply_fields[] = {
    {"size", YUN_SHAPE_INT, false, offsetof(yun_storage_read_file_reply, size), offsetof(yun_storage_read_file_reply, size), NULL, NULL},
};
const yun_record yun_storage_read_file_reply_record = {sizeof(yun_storage_read_file_reply), 1, yun__storage_read_file_reply_fields};
const yun_method yun_storage_read_file_method = {"com.yunos.storage.ReadFile", &yun_storage_read_file_parameters_record, &yun_storage_read_file_reply_record};
static const yun_field yun__storage_write_file_parameters_fields[] = {
    {"path", YUN_SHAPE_TEXT, false, offsetof(yun_storage_write_file_parameters, path), offsetof(yun_storage_write_file_parameters, path), NULL, NULL},
    {"text", YUN_SHAPE_TEXT, true, offsetof(yun_storage_write_file_parameters, text), offsetof(yun_storage_write_file_parameters, text), NULL, NULL},
};
const yun_record yun_storage_write_file_parameters_record = {sizeof(yun_storage_write_file_parameters), 2, yun__storage_write_file_parameters_fields};
static const yun_field yun__storage_write_file_reply_fields[] = {
    {"size", YUN_SHAPE_INT, false, offsetof(yun_storage_write_file_reply, size), offsetof(yun_storage_write_file_reply, size), NULL, NULL},
};
const yun_record yun_storage_write_file_reply_record = {sizeof(yun_storage_write_file_reply), 1, yun__storage_write_file_reply_fields};
const yun_method yun_storage_write_file_method = {"com.yunos.storage.WriteFile", &yun_storage_write_file_parameters_record, &yun_storage_write_file_reply_record};
static const yun_field yun__storage_list_files_parameters_fields[] = {
    {"path", YUN_SHAPE_TEXT, false, offsetof(yun_storage_list_files_parameters, path), offsetof(yun_storage_list_files_parameters, path), NULL, NULL},
    {"after", YUN_SHAPE_TEXT, true, offsetof(yun_storage_list_files_parameters, after), offsetof(yun_storage_list_files_parameters, after), NULL, NULL},
    {"limit", YUN_SHAPE_INT, true, offsetof(yun_storage_list_files_parameters, limit), offsetof(yun_storage_list_files_parameters, has_limit), NULL, NULL},
};
const yun_record yun_storage_list_files_parameters_record = {sizeof(yun_storage_list_files_parameters), 3, yun__storage_list_files_parameters_fields};
static const yun_field yun__storage_list_files_reply_fields[] = {
    {"files", YUN_SHAPE_ARRAY, false, offsetof(yun_storage_list_files_reply, files), offsetof(yun_storage_list_files_reply, files), NULL, NULL},
    {"complete", YUN_SHAPE_BOOL, false, offsetof(yun_storage_list_files_reply, complete), offsetof(yun_storage_list_files_reply, complete), NULL, NULL},
};
const yun_record yun_storage_list_files_reply_record = {sizeof(yun_storage_list_files_reply), 2, yun__storage_list_files_reply_fields};
const yun_method yun_storage_list_files_method = {"com.yunos.storage.ListFiles", &yun_storage_list_files_parameters_record, &yun_storage_list_files_reply_record};
static const yun_field yun__storage_make_directory_parameters_fields[] = {
    {"path", YUN_SHAPE_TEXT, false, offsetof(yun_storage_make_directory_parameters, path), offsetof(yun_storage_make_directory_parameters, path), NULL, NULL},
};
const yun_record yun_storage_make_directory_parameters_record = {sizeof(yun_storage_make_directory_parameters), 1, yun__storage_make_directory_parameters_fields};
const yun_method yun_storage_make_directory_method = {"com.yunos.storage.MakeDirectory", &yun_storage_make_directory_parameters_record, &yun__nothing};
static const yun_field yun__storage_move_file_parameters_fields[] = {
    {"path", YUN_SHAPE_TEXT, false, offsetof(yun_storage_move_file_parameters, path), offsetof(yun_storage_move_file_parameters, path), NULL, NULL},
    {"to", YUN_SHAPE_TEXT, false, offsetof(yun_storage_move_file_parameters, to), offsetof(yun_storage_move_file_parameters, to), NULL, NULL},
    {"replace", YUN_SHAPE_BOOL, true, offsetof(yun_storage_move_file_parameters, replace), offsetof(yun_storage_move_file_parameters, has_replace), NULL, NULL},
};
const yun_record yun_storage_move_file_parameters_record = {sizeof(yun_storage_move_file_parameters), 3, yun__storage_move_file_parameters_fields};
const yun_method yun_storage_move_file_method = {"com.yunos.storage.MoveFile", &yun_storage_move_file_parameters_record, &yun__nothing};
static const yun_field yun__storage_remove_file_parameters_fields[] = {
    {"path", YUN_SHAPE_TEXT, false, offsetof(yun_storage_remove_file_parameters, path), offsetof(yun_storage_remove_file_parameters, path), NULL, NULL},
    {"recursive", YUN_SHAPE_BOOL, true, offsetof(yun_storage_remove_file_parameters, recursive), offsetof(yun_storage_remove_file_parameters, has_recursive), NULL, NULL},
};
const yun_record yun_storage_remove_file_parameters_record = {sizeof(yun_storage_remove_file_parameters), 2, yun__storage_remove_file_parameters_fields};
const yun_method yun_storage_remove_file_method = {"com.yunos.storage.RemoveFile", &yun_storage_remove_file_parameters_record, &yun__nothing};
/* END tables made by `make sdk` from spec/varlink */

/* ---- What most apps need ---- */

/* Events come over one connection and are acknowledged over the other: a caller that speaks during Watch has hung up. */
bool yun_watch(yun_client *client, yun_on_event on_event, void *context) {
    yun_client second;
    yun_page_watch_reply event;
    if (!yun_connect(&second, client->path)) {
        client->error = second.error;
        return false;
    }
    bool works = yun_start(client, &yun_page_watch_method, NULL, true);
    bool is_over = false;
    while (works && !is_over) {
        works = yun_next(client, &yun_page_watch_method, &event);
        if (!works) break;
        yun_page_taken_parameters taken;
        memset(&taken, 0, sizeof taken);
        taken.handled = on_event(context, &event);
        taken.has_handled = event.event == YUN_PAGE_WATCH_EVENT_BACK_KEY;
        taken.instance = event.instance;
        taken.number = event.number;
        works = yun_page_taken(&second, &taken);
        if (!works) client->error = second.error;
        is_over = event.event == YUN_PAGE_WATCH_EVENT_DESTROY || !client->continues;
    }
    yun_close(&second);
    return works;
}

bool yun_open(yun_client *client, const char *uri, const char *event, const char *data) {
    yun_page_open_parameters parameters;
    memset(&parameters, 0, sizeof parameters);
    parameters.link.uri = uri;
    parameters.link.event = event;
    parameters.link.data = data;
    return yun_page_open(client, &parameters);
}

const char *yun_value_get(yun_client *client, const char *key) {
    yun_storage_get_parameters parameters;
    yun_storage_get_reply reply;
    parameters.key = key;
    if (!yun_storage_get(client, &parameters, &reply)) return NULL;
    return reply.has_value ? reply.value.value : NULL;
}

bool yun_value_set(yun_client *client, const char *key, const char *value) {
    yun_storage_change change;
    yun_storage_commit_parameters parameters;
    yun_storage_commit_reply reply;
    memset(&change, 0, sizeof change);
    change.key = key;
    change.value = value;
    parameters.changes = &change;
    parameters.changes_count = 1;
    return yun_storage_commit(client, &parameters, &reply);
}

int yun_request(yun_client *client, const yun_network_request_parameters *request, yun_network_request_reply *head) {
    if (!yun_start(client, &yun_network_request_method, request, true)) return -1;
    if (!yun_next(client, &yun_network_request_method, head)) return -1;
    return yun_take(client, 0);
}

bool yun_request_end(yun_client *client, yun_network_request_reply *end) {
    return yun_next(client, &yun_network_request_method, end);
}

int64_t yun_notify(yun_client *client, const char *title, const char *text, const char *tag, const char *uri) {
    yun_notification_post_parameters parameters;
    yun_notification_post_reply reply;
    memset(&parameters, 0, sizeof parameters);
    parameters.title = title;
    parameters.text = text;
    parameters.tag = tag;
    parameters.has_link = uri != NULL;
    parameters.link.uri = uri;
    return yun_notification_post(client, &parameters, &reply) ? reply.number : -1;
}

bool yun_permission_granted(yun_client *client, const char *name) {
    yun_permission_ask_parameters parameters;
    yun_permission_ask_reply reply;
    parameters.name = name;
    return yun_permission_ask(client, &parameters, &reply) && reply.state == YUN_PERMISSION_ASK_STATE_GRANTED;
}

#ifdef __cplusplus
}
#endif
#endif /* YUN_IMPLEMENTATION */
