package io.aerodb.storage.gateway.cleanup;

/**
 * What became of some garbage.
 *
 * @param files that are gone
 * @param bytes of these, as far as the ledger knows
 * @param failed files that are tried again later
 */
record Collected(long files, long bytes, long failed) {

    static final Collected NOTHING = new Collected(0, 0, 0);

    Collected plus(Collected other) {
        return new Collected(files + other.files, bytes + other.bytes, failed + other.failed);
    }
}
