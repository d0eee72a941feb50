package io.aerodb.storage.gateway.cleanup;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/** One line of what a cleanup tells while it goes on. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CleanupReport.Progress.class, name = "progress"),
    @JsonSubTypes.Type(value = CleanupReport.Orphan.class, name = "orphan"),
    @JsonSubTypes.Type(value = CleanupReport.Compared.class, name = "compared"),
    @JsonSubTypes.Type(value = CleanupReport.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = CleanupReport.Summary.class, name = "summary")
})
sealed interface CleanupReport {

    /** How a comparison ended. */
    enum Outcome {
        @JsonProperty("done")
        DONE,
        /** Too much is missing or unknown; nothing was changed. */
        @JsonProperty("stopped")
        STOPPED,
        @JsonProperty("failed")
        FAILED,
        /** Another one is under way. */
        @JsonProperty("busy")
        BUSY
    }

    /** What is done just now, and with how much since the line before of the same step. */
    record Progress(Step step, @Nullable String backend, long files, long bytes) implements CleanupReport {

        enum Step {
            @JsonProperty("swept")
            SWEPT,
            @JsonProperty("collected")
            COLLECTED,
            @JsonProperty("waiting")
            WAITING,
            @JsonProperty("looked_up")
            LOOKED_UP,
            @JsonProperty("listed")
            LISTED
        }
    }

    /** Something found. */
    record Orphan(Kind kind, String backend, String key, long size) implements CleanupReport {

        enum Kind {
            /** A file that the ledger does not know. */
            @JsonProperty("unknown")
            UNKNOWN,
            /** What a write that never ended has left, and the ledger does not know. */
            @JsonProperty("unfinished")
            UNFINISHED,
            /** A file that an object has and the backend has not. */
            @JsonProperty("missing")
            MISSING,
            /** It can't be told whether it is there, or what stands in its place is no file. */
            @JsonProperty("unreadable")
            UNREADABLE
        }
    }

    /**
     * The end of one backend.
     *
     * @param lookedUp blobs of the ledger that should be there
     * @param listed files that are there
     */
    @JsonPropertyOrder({"backend", "outcome", "reason"})
    record Compared(
            String backend,
            Outcome outcome,
            @Nullable String reason,
            @JsonProperty("looked_up") long lookedUp,
            long listed,
            @JsonUnwrapped Counts counts)
            implements CleanupReport {

        Compared stopped(String why) {
            return new Compared(backend, Outcome.STOPPED, why, lookedUp, listed, counts);
        }
    }

    /** Something that could not be done; the rest goes on. */
    record Failed(String step, @Nullable String backend, String reason) implements CleanupReport {}

    /**
     * The last line.
     *
     * @param swept writes that became garbage because they never ended
     * @param deletedFiles garbage that was deleted
     * @param failures what could not be done: files that were not deleted, backends that were not looked at
     */
    @JsonPropertyOrder({"outcome", "dry_run"})
    record Summary(
            Outcome outcome,
            @JsonProperty("dry_run") boolean dryRun,
            long swept,
            @JsonProperty("deleted_files") long deletedFiles,
            @JsonProperty("deleted_bytes") long deletedBytes,
            @JsonUnwrapped Counts counts,
            long failures)
            implements CleanupReport {}
}
