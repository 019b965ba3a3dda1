/// Calls the broker as an app does, and prints `NAME VALUE` lines: the round trip of a call that brings a value of 100 bytes,
/// median and 99th percentile in microseconds, and how many calls a second four connections get answered.
#define YUN_IMPLEMENTATION
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "yun.h"

enum { ROUNDS = 20000, CONNECTIONS = 4, SECONDS = 2, VALUE_BYTES = 100 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void fail(const yun_client *client) {
    fprintf(stderr, "error: %s\n", client->error.message);
    exit(1);
}

static void get(yun_client *client) {
    yun_storage_get_parameters key = {.key = "key"};
    yun_storage_get_reply reply;
    if (!yun_storage_get(client, &key, &reply)) fail(client);
}

static void connect_client(yun_client *client) {
    if (!yun_connect(client, NULL)) fail(client);
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static atomic_int calls;
static atomic_bool is_over;

static void *call_all_the_time(void *unused) {
    yun_client client;
    connect_client(&client);
    while (!is_over) {
        get(&client);
        calls++;
    }
    yun_close(&client);
    return unused;
}

int main(void) {
    static double times[ROUNDS];
    char value[VALUE_BYTES + 1];
    memset(value, 'x', VALUE_BYTES);
    value[VALUE_BYTES] = 0;
    yun_client client;
    connect_client(&client);
    yun_begin(&client);
    yun_write_begin(&client.out, "changes", '[');
    yun_write_begin(&client.out, NULL, '{');
    yun_write_text(&client.out, "key", "key", 3);
    yun_write_text(&client.out, "value", value, VALUE_BYTES);
    yun_write_end(&client.out, '}');
    yun_write_end(&client.out, ']');
    yun_json reply;
    if (!yun_send_json(&client, "com.yunos.storage.Commit", false)) fail(&client);
    if (!yun_receive_json(&client, "com.yunos.storage.Commit", &reply)) fail(&client);
    for (int round = -ROUNDS / 10; round < ROUNDS; round++) {
        double begin = now();
        get(&client);
        if (round >= 0) times[round] = now() - begin;
    }
    qsort(times, ROUNDS, sizeof(double), compare);
    printf("broker_us %.1f\nbroker_p99_us %.1f\n", times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    yun_close(&client);

    pthread_t threads[CONNECTIONS];
    double begin = now();
    for (int thread = 0; thread < CONNECTIONS; thread++) pthread_create(&threads[thread], NULL, call_all_the_time, NULL);
    nanosleep(&(struct timespec){.tv_sec = SECONDS}, NULL);
    is_over = true;
    double seconds = (now() - begin) / 1e6;
    printf("broker_calls_per_second %.0f\n", calls / seconds);
    for (int thread = 0; thread < CONNECTIONS; thread++) pthread_join(threads[thread], NULL);
    return 0;
}
