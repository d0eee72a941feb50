package io.aerodb.storage.bench;

/** What {@code --group} chooses by. */
enum Group {
    SMALL,
    LARGE,
    METADATA,
    CONNECTIONS,
    START
}
