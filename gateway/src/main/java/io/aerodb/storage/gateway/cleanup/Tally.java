package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;

/** Adds the lines of one cleanup up. They come one after the other. */
final class Tally {

    private Outcome outcome = Outcome.DONE;
    private long swept;
    private long deletedFiles;
    private long deletedBytes;
    private Counts counts = Counts.NONE;
    private long failures;

    void add(CleanupReport line) {
        if (line instanceof Progress progress) {
            add(progress);
        } else if (line instanceof Compared compared) {
            add(compared);
        } else if (line instanceof Failed) {
            failures++;
        }
    }

    private void add(Progress progress) {
        if (progress.step() == Step.SWEPT) {
            swept += progress.files();
        } else if (progress.step() == Step.COLLECTED) {
            deletedFiles += progress.files();
            deletedBytes += progress.bytes();
        }
    }

    private void add(Compared compared) {
        if (compared.outcome() == Outcome.STOPPED) {
            outcome = Outcome.STOPPED;
        }
        counts = counts.plus(compared.counts());
    }

    Summary summary(boolean dryRun) {
        return new Summary(
                failures > 0 ? Outcome.FAILED : outcome, dryRun, swept, deletedFiles, deletedBytes, counts, failures);
    }
}
