package io.aerodb.storage.metadata;

import java.util.List;

/** What a caller sees of a bucket. */
public sealed interface ListingPage {

    /** @param entries in the order asked for */
    record Shown(List<Entry> entries) implements ListingPage {}

    record NotShown(Absence absence) implements ListingPage {}

    /** One line of a listing. */
    sealed interface Entry {

        /** @param name full, ends in a slash */
        record Folder(String name) implements Entry {}

        record Item(StorageObject object) implements Entry {}
    }
}
