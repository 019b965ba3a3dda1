/* Calls what the tests say, as an app would: client METHOD ARGUMENTS... It is C and C++. */
#define YUN_IMPLEMENTATION
#include "yun.h"

static int complain(yun_client *client) {
    printf("%s: %s\n", client->error.code, client->error.message);
    if (client->error.hint[0] != 0) printf("hint: %s\n", client->error.hint);
    yun_close(client);
    return 1;
}

static const char *text(const char *text) { return text == NULL ? "-" : text; }

static bool show_event(void *context, const yun_page_watch_reply *event) {
    int *count = (int *)context;
    printf("%d: %d of %d", ++*count, event->event, (int)event->instance);
    if (event->has_link) printf(" %s %s %s", event->link.uri, text(event->link.event), text(event->link.data));
    if (event->content != NULL) printf(" %s", event->content);
    if (event->level != 0) printf(" level %d", event->level);
    printf("\n");
    return event->event != YUN_PAGE_WATCH_EVENT_BACK_KEY;
}

static void show_body(int body) {
    char piece[256];
    ssize_t count;
    while ((count = read(body, piece, sizeof piece)) > 0) fwrite(piece, 1, (size_t)count, stdout);
    close(body);
}

static bool request(yun_client *client, const char *url, const char *sent) {
    yun_network_request_parameters parameters;
    yun_network_request_reply reply;
    yun_network_header header, got;
    int ends[2];
    memset(&parameters, 0, sizeof parameters);
    header.name = "accept";
    header.value = "*/*";
    parameters.method = "POST";
    parameters.url = url;
    parameters.headers = &header;
    parameters.headers_count = 1;
    parameters.has_body = parameters.body = true;
    parameters.redirect = YUN_NETWORK_REQUEST_REDIRECT_ERROR;
    if (pipe(ends) < 0 || write(ends[1], sent, strlen(sent)) < 0) return false;
    close(ends[1]);
    yun_attach(client, ends[0]);
    int body = yun_request(client, &parameters, &reply);
    close(ends[0]);
    if (body < 0) return false;
    printf("%d %s\n", (int)reply.status, text(reply.url));
    yun_json_items items = yun_json_begin(reply.headers);
    while (yun_json_next(&items))
        if (yun_network_header_read(items.value, &got)) printf("%s = %s\n", got.name, got.value);
    show_body(body);
    if (!yun_request_end(client, &reply)) return false;
    printf("\nsent %d, continues %d\n", (int)reply.sent, client->continues);
    return true;
}

static bool list(yun_client *client, const char *prefix) {
    yun_storage_list_parameters parameters;
    yun_storage_list_reply reply;
    yun_storage_value value;
    memset(&parameters, 0, sizeof parameters);
    parameters.prefix = prefix;
    if (!yun_storage_list(client, &parameters, &reply)) return false;
    yun_json_items items = yun_json_begin(reply.values);
    while (yun_json_next(&items))
        if (yun_storage_value_read(items.value, &value)) printf("%s = %s\n", value.key, value.value);
    printf("complete %d\n", reply.complete);
    return true;
}

static bool device(yun_client *client) {
    yun_device_get_reply reply;
    if (!yun_device_get(client, &reply)) return false;
    printf("%s %s %d\n", reply.model, reply.language, reply.network);
    return true;
}

int main(int count, char **arguments) {
    yun_client client;
    if (!yun_connect(&client, NULL)) return complain(&client);
    const char *method = arguments[1];
    bool works = true;
    int events = 0;
    if (strcmp(method, "watch") == 0) {
        works = yun_watch(&client, show_event, &events);
    } else if (strcmp(method, "open") == 0) {
        works = yun_open(&client, arguments[2], NULL, "data");
    } else if (strcmp(method, "get") == 0) {
        const char *value = yun_value_get(&client, arguments[2]);
        works = value != NULL || client.error.code[0] == 0;
        if (works) printf("%s\n", text(value));
    } else if (strcmp(method, "set") == 0) {
        works = yun_value_set(&client, arguments[2], count > 3 ? arguments[3] : NULL);
    } else if (strcmp(method, "list") == 0) {
        works = list(&client, arguments[2]);
    } else if (strcmp(method, "request") == 0) {
        works = request(&client, arguments[2], arguments[3]);
    } else if (strcmp(method, "notify") == 0) {
        int64_t number = yun_notify(&client, arguments[2], arguments[3], "tag", arguments[4]);
        works = number >= 0;
        if (works) printf("%d\n", (int)number);
    } else if (strcmp(method, "ask") == 0) {
        bool granted = yun_permission_granted(&client, arguments[2]);
        works = granted || client.error.code[0] == 0;
        if (works) printf("%s\n", granted ? "granted" : "denied");
    } else {
        works = device(&client);
    }
    if (!works) return complain(&client);
    yun_close(&client);
    yun_close(&client);
    return 0;
}
