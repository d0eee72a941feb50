package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Orphan;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Files without metadata and metadata without files. */
class OrphanCleanupJobTest extends OrphanCleanupCase {

    @Test
    void anUnknownFileIsGarbageFirstAndDeletedAfterTheGraceTime() {
        upload("path");
        String unknown = unknownFile();
        grace(Duration.ofHours(1));

        Summary first = summary(false);

        assertThat(first.counts().adopted()).isEqualTo(1);
        assertThat(first.deletedFiles()).isZero();
        assertThat(state(unknown)).isEqualTo("garbage");
        assertThat(registry.counter("storage.orphan.files", "backend", "local", "kind", "unknown")
                        .count())
                .isEqualTo(1);
        metadata.run("UPDATE storage.blobs SET not_before = now() WHERE state = 'garbage'");
        assertThat(summary(false).deletedFiles()).isEqualTo(1);
        assertThat(files()).hasSize(1);
    }

    @Test
    void oneCleanupWithoutGraceTimesLeavesNothingThatNobodyRefersTo() throws IOException {
        String kept = upload("kept");
        upload("deleted");
        deleteBySql("deleted");
        store(begin(deadInstance(), "unfinished"));
        unknownFile();
        staged(key());

        Summary summary = summary(false);

        assertThat(summary.outcome()).isEqualTo(Outcome.DONE);
        assertThat(summary.swept()).isEqualTo(1);
        assertThat(summary.counts().unknown()).isEqualTo(1);
        assertThat(summary.counts().unfinished()).isEqualTo(1);
        assertThat(files()).containsExactly(kept);
        assertThat(metadata.value("SELECT count(*) FROM storage.blobs")).isEqualTo("1");
    }

    @Test
    void anUnknownFileYoungerThanTheGraceTimeStays() throws IOException {
        String unknown = unknownFile();
        Path staged = staged(key());
        graceFailed = Duration.ofMinutes(15);

        assertThat(summary(false).counts().adopted()).isZero();

        assertThat(files()).hasSize(2).contains(unknown);
        assertThat(staged).exists();
    }

    @Test
    void theFileOfAnUploadThatIsUnderWayIsKnown() {
        Permitted permit = begin(instance, "path");
        store(permit);

        Summary summary = summary(false);

        assertThat(summary.counts().unknown()).isZero();
        assertThat(files()).containsExactly(permit.blobKey());
    }

    @Test
    void aDryRunTellsWhatThereIsAndChangesNothing() throws IOException {
        String missing = upload("missing");
        upload("deleted");
        deleteBySql("deleted");
        String unknown = unknownFile();
        delete(missing);
        List<String> files = files();

        List<CleanupReport> lines = run(CleanupOrder.dryRun(Set.of("local")));

        assertThat(lines)
                .contains(
                        new Orphan(Orphan.Kind.UNKNOWN, "local", unknown, "content".length()),
                        new Orphan(Orphan.Kind.MISSING, "local", missing, "content".length()));
        assertThat(files()).isEqualTo(files);
        assertThat(state(unknown)).isEmpty();
        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("0");
    }

    @Test
    void anObjectIsDeletedWhenItsFileWasMissingInTwoRunsOfWhichTheFirstIsAnIntervalOld() throws IOException {
        String missing = upload("missing");
        upload("there");
        delete(missing);

        assertThat(summary(false).counts().removed()).isZero();
        assertThat(summary(false).counts().removed()).as("at once again").isZero();
        assertThat(objects()).isEqualTo("missing,there");

        anHourPasses();
        assertThat(summary(false).counts().removed()).isEqualTo(1);
        assertThat(objects()).isEqualTo("there");
        assertThat(metadata.value("SELECT count(*) FROM storage.events WHERE bucket_id = '%s' AND path = 'missing'"
                                .formatted(bucket)
                        + " AND type = 'storage.object.deleted'"))
                .isEqualTo("1");
        assertThat(registry.counter("storage.orphan.files", "backend", "local", "kind", "missing")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whenAPersonSaysGoTwoRunsAreEnoughHoweverShortlyOneAfterTheOther() {
        delete(upload("path"));

        assertThat(summary(true).counts().removed()).isZero();
        assertThat(summary(true).counts().removed()).isEqualTo(1);
    }

    @Test
    void anObjectIsNotDeletedBeforeItsFileWasMissingForFiveMinutesHoweverShortTheInterval() {
        interval = Duration.ofSeconds(1);
        delete(upload("path"));
        summary(false);

        metadata.run("UPDATE storage_private.orphans SET found_at = now() - interval '4 minutes'");
        assertThat(summary(false).counts().removed()).isZero();

        metadata.run("UPDATE storage_private.orphans SET found_at = now() - interval '5 minutes'");
        assertThat(summary(false).counts().removed()).isEqualTo(1);
    }

    @Test
    void whatNobodyOrderedLeavesFilesAloneForFiveMinutesHoweverShortTheGraceTime() throws IOException {
        String unknown = unknownFile();

        job(local).scheduled(new StopSignal()).block(LIMIT);
        assertThat(state(unknown)).isEmpty();

        Files.setLastModifiedTime(
                root().resolve(unknown), FileTime.from(Instant.now().minus(Fences.SURE)));
        anHourPasses();
        job(local).scheduled(new StopSignal()).block(LIMIT);
        assertThat(state(unknown)).isEqualTo("garbage");
    }

    @Test
    void aFileThatIsBackInBetweenWasNotMissingTwice() throws IOException {
        String key = upload("path");
        Path away = root().resolveSibling("file-" + UUID.randomUUID());
        Files.move(root().resolve(key), away);
        summary(false);
        Files.move(away, root().resolve(key));
        summary(false);
        Files.move(root().resolve(key), away);
        anHourPasses();

        assertThat(summary(false).counts().removed()).isZero();
        assertThat(objects()).isEqualTo("path");
    }

    @Test
    void dryRunsDoNotCountAsRuns() throws IOException {
        delete(upload("path"));
        run(CleanupOrder.dryRun(Set.of("local")));
        anHourPasses();

        assertThat(summary(true).counts().removed()).isZero();
    }

    @Test
    void aDryRunLeavesWhatOthersHaveFound() {
        delete(upload("path"));
        summary(false);

        run(CleanupOrder.dryRun(Set.of("local")));

        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("1");
    }

    @Test
    void moreMissingFilesThanEverMayBeAreLeftToAPersonWhateverPartTheyAre() {
        metadata.run("INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)"
                + " SELECT '%1$s/00/' || gen_random_uuid() || '~f', 'local', 'live', '%1$s', n, gen_random_uuid(),"
                        .formatted(bucket)
                + " gen_random_uuid(), 1, 'x' FROM generate_series(1, 10) n");
        assertThat(summary(false).outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void aDryRunDoesNotSayThatAPersonHasToLook() {
        IntStream.rangeClosed(0, TOLERATED).forEach(n -> unknownFile());

        run(CleanupOrder.dryRun(Set.of("local")));

        assertThat(registry.find("storage.cleanup.stopped").gauge()).isNull();
    }

    @Test
    void withADatabaseThatDoesNotKnowTheFilesNothingIsDeletedUntilAPersonSaysGo() {
        upload("path");
        IntStream.rangeClosed(0, TOLERATED).forEach(n -> unknownFile());

        Summary stopped = summary(false);

        assertThat(stopped.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(files()).hasSize(TOLERATED + 2);
        assertThat(metadata.value("SELECT count(*) FROM storage.blobs")).isEqualTo("1");
        assertThat(registry.get("storage.cleanup.stopped").gauge().value()).isEqualTo(1);

        Summary gone = summary(true);

        assertThat(gone.outcome()).isEqualTo(Outcome.DONE);
        assertThat(files()).hasSize(1);
        assertThat(registry.get("storage.cleanup.stopped").gauge().value()).isZero();
    }

    @Test
    void whatWasStoppedStaysSoAlsoWhenLessIsWrongLater() {
        upload("path");
        List<String> unknown =
                IntStream.rangeClosed(0, TOLERATED).mapToObj(n -> unknownFile()).toList();
        summary(false);
        delete(unknown.get(0));

        assertThat(summary(false).outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(files()).hasSize(TOLERATED + 1);

        unknown.subList(1, unknown.size()).forEach(this::delete);
        assertThat(summary(false).outcome()).as("nothing is wrong any more").isEqualTo(Outcome.DONE);
        unknownFile();
        assertThat(summary(false).deletedFiles()).isEqualTo(1);
    }

    @Test
    void withAVolumeThatLostItsFilesNoMetadataAreDeleted() {
        IntStream.rangeClosed(0, TOLERATED).forEach(n -> delete(upload("path-" + n)));

        summary(false);
        Summary second = summary(false);

        assertThat(second.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(second.counts().missing()).isEqualTo(TOLERATED + 1);
        assertThat(metadata.value("SELECT count(*) FROM storage.objects")).isEqualTo(String.valueOf(TOLERATED + 1));
    }

    @Test
    void withoutTheVolumeNothingIsLookedAt() throws IOException {
        upload("path");
        Path away = root().resolveSibling("away-" + UUID.randomUUID());
        Files.move(root(), away);
        Files.createDirectory(root());

        summary(false);
        List<CleanupReport> lines = run(clean(false));

        assertThat(lines)
                .filteredOn(Failed.class::isInstance)
                .extracting(line -> ((Failed) line).reason())
                .allMatch(reason -> reason.contains(".aerodb-volume"))
                .isNotEmpty();
        assertThat(lines).noneMatch(Compared.class::isInstance);
        assertThat(objects()).isEqualTo("path");
        Files.delete(root());
        Files.move(away, root());
    }
}
