package io.aerodb.storage.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One field of the matrix: what is done, where it meets its fault, and which.
 *
 * @param hit the fault strikes when the point is reached for the n-th time
 */
record Cell(Change change, String point, String action, int hit) {

    static final String HALT = "halt";
    static final String FAIL = "fail";

    private static final List<Change> UPLOADS = List.of(Change.CREATE, Change.OVERWRITE);
    private static final List<Change> LARGE_UPLOADS = List.of(Change.CREATE_LARGE, Change.OVERWRITE_LARGE);
    /** The first piece of an upload is small, as a backend asks for a few buffers first. */
    private static final int IN_THE_MIDDLE = 2;

    /** Everything that is written to a directory passes; and what no backend takes part in. */
    static List<Cell> ofLocal() {
        List<Cell> cells = new ArrayList<>(ofAnyBackend());
        cells.addAll(ofNoBackend());
        cells.addAll(both(
                UPLOADS,
                "local.staged",
                "local.appended",
                "local.before-fsync",
                "local.after-fsync",
                "local.before-link",
                "local.after-link",
                "local.before-directory-fsync",
                "local.after-directory-fsync"));
        LARGE_UPLOADS.forEach(upload -> cells.addAll(both(upload, "local.appended", IN_THE_MIDDLE)));
        cells.addAll(both(List.of(Change.WRONG_DIGEST), "local.staged-deleted", "local.blob-unlinked"));
        return cells;
    }

    /** Everything that is written to S3 passes. */
    static List<Cell> ofS3() {
        List<Cell> cells = new ArrayList<>(ofAnyBackend());
        cells.addAll(both(UPLOADS, "s3.appended", "s3.put-answered"));
        cells.addAll(both(
                LARGE_UPLOADS,
                "s3.appended",
                "s3.upload-begun",
                "s3.part-answered",
                "s3.before-completion",
                "s3.upload-completed"));
        cells.addAll(both(
                List.of(Change.WRONG_DIGEST, Change.WRONG_DIGEST_LARGE), "s3.uploads-aborted", "s3.object-deleted"));
        cells.addAll(both(List.of(Change.CLEAN_UP), "s3.batch-uploads-aborted", "s3.batch-deleted"));
        return cells;
    }

    private static List<Cell> ofAnyBackend() {
        List<Cell> cells = new ArrayList<>(both(UPLOADS, "upload.begun", "upload.stored", "upload.before-commit"));
        cells.addAll(both(List.of(Change.WRONG_DIGEST), "discard.abandoned", "discard.bytes-deleted"));
        UPLOADS.forEach(upload -> cells.add(new Cell(upload, "upload.after-commit", HALT, 1)));
        cells.addAll(both(
                List.of(Change.CLEAN_UP),
                "cleanup.swept",
                "cleanup.claimed",
                "cleanup.bytes-deleted",
                "cleanup.compared",
                "cleanup.adopted",
                "cleanup.removed"));
        return cells;
    }

    /** Changes of rows alone. */
    private static List<Cell> ofNoBackend() {
        List<Cell> cells = new ArrayList<>();
        cells.addAll(around(Change.DELETE, "delete"));
        cells.addAll(around(Change.DELETE_MANY, "delete-many"));
        cells.addAll(around(Change.DELETE_PREFIX, "delete-prefix"));
        cells.addAll(around(Change.MOVE, "move"));
        cells.addAll(around(Change.MOVE_PREFIX, "move-prefix"));
        cells.addAll(around(Change.COPY, "copy"));
        return cells;
    }

    /** A failure in the gateway's own memory behind a commit is no failure that can be: only its end is. */
    private static List<Cell> around(Change change, String word) {
        return List.of(
                new Cell(change, word + ".asked", HALT, 1),
                new Cell(change, word + ".asked", FAIL, 1),
                new Cell(change, word + ".after-commit", HALT, 1));
    }

    private static List<Cell> both(List<Change> changes, String... points) {
        return changes.stream()
                .flatMap(change -> Stream.of(points).flatMap(point -> both(change, point, 1).stream()))
                .toList();
    }

    private static List<Cell> both(Change change, String point, int hit) {
        return List.of(new Cell(change, point, HALT, hit), new Cell(change, point, FAIL, hit));
    }
}
