package io.aerodb.storage.gateway.cleanup;

/**
 * What comparisons have found, and what became of it.
 *
 * @param unknown files that the ledger does not know
 * @param unfinished writes that never ended, and the ledger does not know
 * @param missing files that objects have and the backend has not
 * @param unreadable files of which it can't be told how they are
 * @param adopted unknown files and unfinished writes that are garbage now
 * @param removed objects that were deleted because their file was missing twice
 */
record Counts(long unknown, long unfinished, long missing, long unreadable, long adopted, long removed) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    Counts plus(Counts other) {
        return new Counts(
                unknown + other.unknown,
                unfinished + other.unfinished,
                missing + other.missing,
                unreadable + other.unreadable,
                adopted + other.adopted,
                removed + other.removed);
    }
}
