package io.aerodb.storage.metadata;

/** What became of a change to all objects whose names begin alike. */
public sealed interface BulkChange {

    /**
     * @param changed objects moved or deleted
     * @param denied objects that the caller sees but may not change; they are as they were
     */
    record Done(long changed, long denied) implements BulkChange {}

    record NotDone(Absence absence) implements BulkChange {}
}
