package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.RangedListing;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Orphan;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Files without metadata and metadata without files. */
class OrphanCleanupJobTest extends CleanupCase {

    private Duration graceFailed;

    @BeforeEach
    void withoutGrace() {
        graceFailed = Duration.ZERO;
    }

    @AfterEach
    void forget() {
        metadata.run("DELETE FROM storage_private.orphans; DELETE FROM storage_private.comparisons");
    }

    @Test
    void anUnknownFileIsGarbageFirstAndDeletedAfterTheGraceTime() {
        upload("path");
        String unknown = unknownFile();
        grace(Duration.ofHours(1));

        Summary first = summary(false);

        assertThat(first.adopted()).isEqualTo(1);
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
        assertThat(summary.unknown()).isEqualTo(1);
        assertThat(summary.unfinished()).isEqualTo(1);
        assertThat(files()).containsExactly(kept);
        assertThat(metadata.value("SELECT count(*) FROM storage.blobs")).isEqualTo("1");
    }

    @Test
    void anUnknownFileYoungerThanTheGraceTimeStays() throws IOException {
        String unknown = unknownFile();
        Path staged = staged(key());
        graceFailed = Duration.ofMinutes(15);

        assertThat(summary(false).adopted()).isZero();

        assertThat(files()).hasSize(2).contains(unknown);
        assertThat(staged).exists();
    }

    @Test
    void theFileOfAnUploadThatIsUnderWayIsKnown() {
        Permitted permit = begin(instance, "path");
        store(permit);

        Summary summary = summary(false);

        assertThat(summary.unknown()).isZero();
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

        List<CleanupReport> lines = run(new CleanupOrder(true, Set.of("local"), false, false, true));

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

        assertThat(summary(false).removed()).isZero();
        assertThat(summary(false).removed()).as("at once again").isZero();
        assertThat(objects()).isEqualTo("missing,there");

        anHourPasses();
        assertThat(summary(false).removed()).isEqualTo(1);
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

        assertThat(summary(true).removed()).isZero();
        assertThat(summary(true).removed()).isEqualTo(1);
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

        assertThat(summary(false).removed()).isZero();
        assertThat(objects()).isEqualTo("path");
    }

    @Test
    void dryRunsDoNotCountAsRuns() throws IOException {
        delete(upload("path"));
        run(new CleanupOrder(true, Set.of("local"), false, false, true));
        anHourPasses();

        assertThat(summary(true).removed()).isZero();
    }

    @Test
    void aDryRunLeavesWhatOthersHaveFound() {
        delete(upload("path"));
        summary(false);

        run(new CleanupOrder(true, Set.of("local"), false, false, true));

        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("1");
    }

    @Test
    void ofSeveralGatewaysOneComparesInAnInterval() {
        upload("path");

        assertThat(scheduled()).isEqualTo(Outcome.DONE);
        assertThat(scheduled()).as("another one at once").isEqualTo(Outcome.BUSY);
        assertThat(summary(false).outcome()).as("by order").isEqualTo(Outcome.DONE);

        anHourPasses();
        assertThat(scheduled()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aComparisonThatIsBrokenOffIsTakenUpAtOnce() {
        upload("path");
        Disposable first = job(endless(local)).run(scheduledOrder()).subscribe();
        await().atMost(LIMIT).until(this::isHeld);
        first.dispose();
        await().atMost(LIMIT).until(() -> !isHeld());

        assertThat(scheduled()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aJobThatIsToldToStopGivesItsLeaseBackAndChangesNothing() {
        unknownFile();
        StopSignal stop = new StopSignal();
        CompletableFuture<Void> ended = job(endless(local)).scheduled(stop).toFuture();
        await().atMost(LIMIT).until(this::isHeld);

        stop.tell();
        ended.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();

        assertThat(isHeld()).isFalse();
        assertThat(files()).hasSize(1);
        assertThat(metadata.value("SELECT count(*) FROM storage.blobs")).isEqualTo("0");
        assertThat(scheduled()).as("by another gateway").isNotEqualTo(Outcome.BUSY);
    }

    @Test
    void aComparisonKeepsItsLeaseHoweverLongAPageTakes() {
        upload("path");
        Duration lease = Duration.ofMillis(600);
        Disposable first =
                job(endless(local), graceFailed, lease).run(clean(false)).subscribe();
        try {
            await().atMost(LIMIT).until(this::isHeld);
            String held = metadata.value("SELECT held_until FROM storage_private.comparisons");

            await().atMost(LIMIT).until(() -> metadata.value(
                            "SELECT held_until > '%s'::timestamptz + interval '1s' AND held_until > now()"
                                            .formatted(held)
                                    + " FROM storage_private.comparisons")
                    .equals("t"));
        } finally {
            first.dispose();
        }
    }

    @Test
    void moreMissingFilesThanEverMayBeAreLeftToAPersonWhateverPartTheyAre() {
        metadata.run("INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)"
                + " SELECT '%1$s/00/' || gen_random_uuid() || '~f', 'local', 'live', '%1$s', n, gen_random_uuid(),"
                        .formatted(bucket)
                + " gen_random_uuid(), 1, 'x' FROM generate_series(1, 10) n");
        Tolerance onlyTheBound = new Tolerance(1, 0, MOST_MISSING);
        Findings found = new Findings();
        found.lookedUp.set(10_000_000);
        found.missing.set(MOST_MISSING);
        assertThat(onlyTheBound.objection(found)).isEmpty();
        found.missing.set(MOST_MISSING + 1);
        assertThat(onlyTheBound.objection(found)).isPresent();

        assertThat(summary(false).outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void whatIsTooMuchIsCountedAndNotRemembered() {
        IntStream.range(0, 1500).forEach(n -> unknownFile());

        Summary stopped = summary(false);

        assertThat(stopped.unknown()).isEqualTo(1500);
        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("1000");
        assertThat(summary(true).adopted()).isEqualTo(1500);
    }

    @Test
    void foreignKeysBetweenThoseOfAPageAreNotHeld() {
        List<SizedKey> page = IntStream.range(0, 20)
                .mapToObj(n -> new SizedKey(key(), 1))
                .sorted(Comparator.comparing(SizedKey::key))
                .toList();
        StorageBackend listing = new Listing(local) {
            @Override
            public Flux<BlobStat> list(BlobKey first, BlobKey last) {
                Flux<String> foreign = Flux.range(0, 5000).map(n -> key());
                return Flux.fromIterable(page)
                        .map(SizedKey::key)
                        .skip(1)
                        .concatWith(foreign)
                        .map(key -> new BlobStat(new BlobKey(key), 1, Instant.EPOCH));
            }
        };
        Comparison comparison = new Comparison(
                metadata.orphans(instance, DEAD_AFTER),
                new Comparison.Place("local", listing, Duration.ZERO, 1),
                UUID.randomUUID(),
                kind -> false,
                Mono.empty(),
                new Findings());

        assertThat(comparison.neighbours(page).block(LIMIT)).hasSize(19);
    }

    @Test
    void theGaugeOfStoppedBackendsSaysWhatTheDatabaseSays() {
        metadata.run("INSERT INTO storage_private.comparisons (backend, run, stopped) VALUES"
                + " ('local', gen_random_uuid(), 'too much')");
        Backlog backlog = new Backlog(
                metadata.orphans(instance, DEAD_AFTER), garbage(), meters, Set.of("local"), Duration.ofHours(1));

        backlog.measure().block(LIMIT);
        assertThat(registry.get("storage.cleanup.stopped").gauge().value()).isEqualTo(1);

        metadata.run("UPDATE storage_private.comparisons SET stopped = NULL");
        backlog.measure().block(LIMIT);
        assertThat(registry.get("storage.cleanup.stopped").gauge().value()).isZero();
    }

    @Test
    void everyGatewayTellsWhatTheLastComparisonHasFoundWhoeverMadeIt() {
        unknownFile();
        unknownFile();
        summary(false);
        SimpleMeterRegistry anothers = new SimpleMeterRegistry();
        Backlog backlog = new Backlog(
                metadata.orphans(instance, DEAD_AFTER),
                garbage(),
                new CleanupMeters(anothers, Set.of("local")),
                Set.of("local"),
                Duration.ofHours(1));

        backlog.measure().block(LIMIT);
        assertThat(found(anothers, "unknown")).isEqualTo(2);

        summary(false);
        backlog.measure().block(LIMIT);
        assertThat(found(anothers, "unknown")).isZero();
    }

    private static double found(SimpleMeterRegistry registry, String kind) {
        return registry.get("storage.orphan.files.found")
                .tags("backend", "local", "kind", kind)
                .gauge()
                .value();
    }

    @Test
    void aDryRunDoesNotSayThatAPersonHasToLook() {
        IntStream.rangeClosed(0, TOLERATED).forEach(n -> unknownFile());

        run(new CleanupOrder(true, Set.of("local"), false, false, true));

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
        assertThat(second.missing()).isEqualTo(TOLERATED + 1);
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

    @Test
    void aBackendThatDoesNotAnswerHasNoMissingFiles() {
        upload("path");
        StorageBackend silent = new ForwardingBackend(local) {
            @Override
            public Mono<BlobStat> stat(BlobKey key) {
                return Mono.error(new BackendException.Unavailable("silent", null));
            }
        };

        List<CleanupReport> lines = job(silent).run(clean(false)).collectList().block(LIMIT);

        assertThat(lines).contains(new Failed("compare", "local", "silent"));
        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("0");
    }

    @Test
    void ofTwoCleanupsOneWaitsForTheOther() {
        upload("path");
        Disposable first = job(endless(local)).run(clean(false)).subscribe();
        try {
            await().atMost(LIMIT).until(this::isHeld);

            assertThat(job(local)
                            .run(clean(false))
                            .takeUntil(line -> line instanceof Progress waits && waits.step() == Step.WAITING)
                            .blockLast(LIMIT))
                    .isEqualTo(new Progress(Step.WAITING, "local", 0, 0));
            assertThat(job(local)
                            .run(scheduledOrder())
                            .ofType(Compared.class)
                            .blockLast(LIMIT)
                            .outcome())
                    .as("from time to time")
                    .isEqualTo(Outcome.BUSY);
        } finally {
            first.dispose();
        }

        assertThat(summary(false).outcome()).as("after the first one has left").isEqualTo(Outcome.DONE);
    }

    @Test
    void aCleanupWhoseLeaseAnotherHasTakenStops() {
        upload("path");
        StorageBackend robbed = new ForwardingBackend(local) {
            @Override
            public Flux<BlobStat> list() {
                return Flux.defer(() -> {
                    metadata.run("UPDATE storage_private.comparisons SET run = gen_random_uuid()");
                    return super.list();
                });
            }
        };
        unknownFile();

        List<CleanupReport> lines = job(robbed).run(clean(false)).collectList().block(LIMIT);

        assertThat(lines).contains(new Failed("compare", "local", "another comparison has begun meanwhile"));
        assertThat(files()).hasSize(2);
    }

    @Test
    void moreThanOnePageIsComparedAndToldPageByPage() {
        metadata.run("INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)"
                + " SELECT '%1$s/00/' || gen_random_uuid() || '~f', 'elsewhere', 'live', '%1$s', n, gen_random_uuid(),"
                        .formatted(bucket)
                + " gen_random_uuid(), 1, 'x' FROM generate_series(1, 2500) n");
        String missing = upload("path");
        delete(missing);

        List<CleanupReport> lines = run(clean(false));

        assertThat(lines)
                .filteredOn(line -> line instanceof Progress page && page.step() == Step.LOOKED_UP)
                .hasSize(3);
        assertThat(lines).contains(new Orphan(Orphan.Kind.MISSING, "local", missing, "content".length()));
    }

    /** Since everything that a comparison has noted. */
    private void anHourPasses() {
        metadata.run("UPDATE storage_private.orphans SET found_at = found_at - interval '1 hour';"
                + " UPDATE storage_private.comparisons SET ended_at = ended_at - interval '1 hour'");
    }

    private boolean isHeld() {
        return !metadata.value("SELECT 1 FROM storage_private.comparisons WHERE held_until > now()")
                .isEmpty();
    }

    private static CleanupOrder scheduledOrder() {
        return new CleanupOrder(false, Set.of("local"), false, false, false);
    }

    private Outcome scheduled() {
        return job(local)
                .run(scheduledOrder())
                .ofType(Compared.class)
                .blockLast(LIMIT)
                .outcome();
    }

    /** Whose listing does not end. */
    private static StorageBackend endless(StorageBackend backend) {
        return new ForwardingBackend(backend) {
            @Override
            public Flux<BlobStat> list() {
                return Flux.never();
            }
        };
    }

    private abstract static class Listing extends ForwardingBackend implements RangedListing {
        Listing(StorageBackend backend) {
            super(backend);
        }
    }

    private Summary summary(boolean go) {
        List<CleanupReport> lines = run(clean(go));
        return (Summary) lines.get(lines.size() - 1);
    }

    private static CleanupOrder clean(boolean go) {
        return new CleanupOrder(false, Set.of("local"), true, go, true);
    }

    private List<CleanupReport> run(CleanupOrder order) {
        return job(local).run(order).collectList().block(LIMIT);
    }

    private OrphanCleanupJob job(StorageBackend backend) {
        return job(backend, graceFailed);
    }

    private String key() {
        UUID version = UUID.randomUUID();
        return "%s/%s/%s~file".formatted(bucket, version.toString().substring(34), version);
    }

    /** A file that the ledger has never heard of. */
    private String unknownFile() {
        String key = key();
        store(key);
        return key;
    }

    private void delete(String key) {
        local.delete(new BlobKey(key)).block(LIMIT);
    }

    private String objects() {
        return metadata.value("SELECT string_agg(name, ',' ORDER BY name) FROM storage.objects");
    }
}
