package io.aerodb.storage.metadata;

/** What became of a move or a copy. */
public sealed interface Relocated {

    /** @param object as it stands at its destination */
    record Done(StorageObject object) implements Relocated {}

    /** @param right what was missing: select, update, delete or insert */
    record NotDone(Refusal refusal, String right) implements Relocated {}
}
