package io.aerodb.storage.gateway.migration;

/** What became of one blob. */
sealed interface Progress {

    record Moved() implements Progress {}

    /** It can't be moved, and is not tried again. */
    record Failed() implements Progress {}

    /** There was nothing to be moved any more, or no time to do it. */
    record Nothing() implements Progress {}

    /** Something is in the way that may pass. */
    record Stalled(String reason) implements Progress {}
}
