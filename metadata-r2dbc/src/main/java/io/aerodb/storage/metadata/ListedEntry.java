package io.aerodb.storage.metadata;

/** One line of a listing. */
public sealed interface ListedEntry {

    /** @param name full, ends in a slash */
    record Folder(String name) implements ListedEntry {}

    record Item(StorageObject object) implements ListedEntry {}
}
