package io.aerodb.storage.gateway.scrub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.ScrubRepository.CheckedObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What a scrub finds, and what it must not take for damage. */
class ScrubberTest extends ScrubCase {

    @Test
    void whatIsDamagedIsMarkedCountedListedAndToldOfOnce() throws IOException {
        String good = upload("good");
        String flipped = upload("flipped");
        String shorter = upload("shorter");
        String longer = upload("longer");
        String missing = upload("missing");
        write(flipped, "flopped");
        write(shorter, "short");
        write(longer, "longer and longer");
        Files.delete(root.resolve(missing));

        pass();
        pass();

        assertThat(List.of(flipped, shorter, longer, missing))
                .allMatch(this::isMarked)
                .noneMatch(this::isVerified);
        assertThat(isMarked(good)).isFalse();
        assertThat(isVerified(good)).isTrue();
        assertThat(told()).isEqualTo("flipped,longer,missing,shorter");
        assertThat(read("verified")).as("in two passes").isEqualTo(2);
        assertThat(read("checksum")).isEqualTo(2);
        assertThat(read("truncated")).isEqualTo(4);
        assertThat(read("missing")).isEqualTo(2);
        assertThat(scrubs(instance).count().block()).isEqualTo(Map.of("local", 4L));
        assertThat(scrubs(instance).corrupt(3, 1).block())
                .hasSize(3)
                .allSatisfy(object -> assertThat(object.corruptSince()).isNotNull());
        assertThat(metadata.value("SELECT files || ' ' || bytes || ' ' || damaged FROM storage_private.scrubs"))
                .isEqualTo("5 4 4");
    }

    @Test
    void howAnObjectIsCanBeAskedByItsPath() {
        String key = upload("a/path");
        assertThat(checked("a/path").lastVerified()).isNull();

        pass();

        CheckedObject checked = checked("a/path");
        assertThat(checked.key()).isEqualTo(key);
        assertThat(checked.corruptSince()).isNull();
        assertThat(checked.lastVerified()).isNotNull();
        assertThat(scrubs(instance).checked(bucket, "other").blockOptional()).isEmpty();
    }

    @Test
    void whatWasRestoredIsMarkedNoLonger() throws IOException {
        String soon = upload("soon");
        String later = upload("later");
        write(soon, "toon");
        write(later, "laser");
        pass();
        assertThat(List.of(soon, later)).allMatch(this::isMarked);

        write(soon, "soon");
        recheck();

        assertThat(isMarked(soon)).isFalse();
        assertThat(isVerified(soon)).isTrue();
        assertThat(isMarked(later)).isTrue();
        write(later, "later");
        pass();
        assertThat(isMarked(later)).isFalse();
        assertThat(told()).isEqualTo("later,soon");
    }

    @Test
    void aRestoredFileIsReadAgainWhileAPassGoesOn() throws IOException {
        String hanging = upload("larger and hanging");
        String restored = upload("restored");
        write(restored, "destroyed");
        pass();
        metadata.run("UPDATE storage.blobs SET corrupt_since = now() WHERE name LIKE '%hanging'");
        StopSignal stop = new StopSignal();
        StorageBackend slow = reading(key -> key.value().equals(hanging) ? Mono.never() : Mono.empty());
        CompletableFuture<Void> passing = scrubber(instance, slow, new Pace(0), Duration.ZERO, Duration.ofMillis(300))
                .run(stop)
                .toFuture();
        try {
            await().atMost(LIMIT).until(() -> read("truncated") >= 2);

            write(restored, "restored");

            await().atMost(LIMIT).until(() -> !isMarked(restored));
            assertThat(passing).isNotDone();
        } finally {
            stop.tell();
            passing.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    @Test
    void allThatAreMarkedAreReadAgainHoweverMany() {
        String last = upload(newBucket("z"), "last");
        metadata.run("INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)"
                + " SELECT 'a/00/' || gen_random_uuid() || '~x', 'local', 'live', 'a', n, gen_random_uuid(),"
                + " gen_random_uuid(), 0, 'x' FROM generate_series(1, 1000) n");
        metadata.run("UPDATE storage.blobs SET corrupt_since = now();"
                + " INSERT INTO storage_private.scrubs (backend, finished_at) VALUES ('local', now())");

        recheck();

        assertThat(isMarked(last)).isFalse();
        assertThat(metadata.value("SELECT rechecked_to FROM storage_private.scrubs"))
                .isEmpty();
    }

    @Test
    void whatWasReadBeforeALargeFileCounts() {
        String small = upload(newBucket("a"), "small");
        String large = upload(newBucket("b"), "a large file");
        StopSignal stop = new StopSignal();
        CompletableFuture<Void> hanging = small(large).run(stop).toFuture();

        await().atMost(LIMIT).until(() -> isVerified(small));

        assertThat(cursor()).isEqualTo(small);
        stop.tell();
        hanging.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Test
    void aFileThatTakesLongerThanGatewaysLiveKeepsNobodyFromTheOthers() {
        String large = upload(newBucket("a"), "a large file");
        String other = upload(newBucket("b"), "b");
        for (int tries = 1; tries <= 3; tries++) {
            StopSignal stop = new StopSignal();
            CompletableFuture<Void> hanging = small(large).run(stop).toFuture();
            String begun = String.valueOf(tries);
            await().atMost(LIMIT).until(() -> metadata.value("SELECT tries FROM storage_private.scrubs")
                    .equals(begun));
            stop.tell();
            hanging.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
            assertThat(isVerified(other)).isFalse();
        }

        small(large).run(new StopSignal()).block(LIMIT);

        assertThat(isVerified(other)).isTrue();
        assertThat(isVerified(large)).isFalse();
        assertThat(read("unreadable")).isEqualTo(1);
        pass();
        assertThat(isVerified(large)).as("with the next pass").isTrue();
    }

    @Test
    void timesInTheFutureAreNoReasonToWait() throws IOException {
        String key = upload("path");
        String marked = upload("marked");
        write(marked, "market");
        pass();
        write(marked, "marked");
        metadata.run("UPDATE storage_private.scrubs SET started_at = now() + interval '10 years',"
                + " finished_at = now() + interval '10 years', rechecked_at = now() + interval '10 years';"
                + " UPDATE storage.blobs SET last_verified = now() + interval '10 years' WHERE key = '%s';"
                        .formatted(key)
                + " UPDATE storage.blobs SET corrupt_since = now() + interval '10 years' WHERE key = '%s'"
                        .formatted(marked));

        scrubber(instance, local, new Pace(0), Duration.ofDays(1), Duration.ofDays(1))
                .run(new StopSignal())
                .block(LIMIT);

        assertThat(metadata.value("SELECT last_verified <= now() FROM storage.blobs WHERE key = '%s'".formatted(key)))
                .isEqualTo("t");
        assertThat(isMarked(marked)).isFalse();
        assertThat(metadata.value(
                        "SELECT greatest(started_at, finished_at, rechecked_at) <= now() FROM storage_private.scrubs"))
                .isEqualTo("t");
    }

    @Test
    void whatIsNoFileIsLost() throws IOException {
        String directory = upload("directory");
        String link = upload("link");
        for (String key : List.of(directory, link)) {
            Files.delete(root.resolve(key));
        }
        Files.createDirectory(root.resolve(directory));
        Files.createSymbolicLink(root.resolve(link), root.resolve(".aerodb-volume"));

        pass();

        assertThat(List.of(directory, link)).allMatch(this::isMarked);
        assertThat(read("missing")).isEqualTo(2);
        assertThat(told()).isEqualTo("directory,link");
    }

    @Test
    void whatIsDeletedWhileItIsReadIsNoDamage() {
        String key = upload("path");
        StorageBackend deleting = stat(other -> {
            metadata.run("DELETE FROM storage.objects");
            return Mono.error(() -> new BackendException.NotFound(other));
        });

        pass(deleting);

        assertThat(isMarked(key)).isFalse();
        assertThat(told()).isEmpty();
        assertThat(read("missing")).isZero();
    }

    @Test
    void whatIsWrittenOrVerifiedDuringThePassIsNotRead() {
        upload("verified");
        metadata.run("UPDATE storage.blobs SET created_at = now() - interval '1 hour', last_verified = now()");
        upload("written");
        metadata.run(
                "INSERT INTO storage_private.scrubs (backend, started_at) VALUES ('local', now() - interval '1 minute')");

        pass();

        assertThat(read("verified")).isZero();
        assertThat(metadata.value("SELECT finished_at IS NOT NULL FROM storage_private.scrubs"))
                .isEqualTo("t");
    }

    @Test
    void aPassIsMadeOncePerInterval() {
        upload("path");
        Scrubber daily = scrubber(instance, local, new Pace(0), Duration.ofDays(1), Duration.ofDays(1));

        daily.run(new StopSignal()).block(LIMIT);
        daily.run(new StopSignal()).block(LIMIT);
        assertThat(read("verified")).isEqualTo(1);

        metadata.run("UPDATE storage_private.scrubs SET started_at = started_at - interval '25 hours';"
                + " UPDATE storage.blobs SET last_verified = last_verified - interval '25 hours'");
        daily.run(new StopSignal()).block(LIMIT);
        assertThat(read("verified")).isEqualTo(2);
    }

    @Test
    void anotherGatewayGoesOnWhereOneThatDiedHadBeen() {
        String first = upload(newBucket("a"), "first");
        fillOnePage();
        String last = upload(newBucket("z"), "last");
        UUID dying = livingInstance();
        Sinks.Empty<Void> wake = Sinks.empty();
        Disposable hanging = passing(dying, reading(key -> key.value().equals(last) ? wake.asMono() : Mono.empty()))
                .run(new StopSignal())
                .subscribe();
        try {
            await().atMost(LIMIT).until(() -> !cursor().isEmpty());
            ConcurrentLinkedQueue<String> read = new ConcurrentLinkedQueue<>();
            StorageBackend backend = reading(key -> Mono.fromRunnable(() -> read.add(key.value())));

            pass(backend);
            assertThat(read).as("while the other lives").isEmpty();
            metadata.ledger.end(dying).block();
            pass(backend);

            assertThat(read).containsExactly(last);
            assertThat(List.of(first, last)).allMatch(this::isVerified);
            String state = scrub();
            wake.tryEmitEmpty();
            await().atMost(LIMIT).until(hanging::isDisposed);
            assertThat(scrub()).as("one that woke up too late changes nothing").isEqualTo(state);
        } finally {
            hanging.dispose();
        }
    }

    @Test
    void whoIsStoppedGivesItsWorkBack() {
        upload("path");
        StopSignal stop = new StopSignal();
        CompletableFuture<Void> hanging =
                passing(instance, reading(key -> Mono.never())).run(stop).toFuture();
        await().atMost(LIMIT).until(() -> !holder().isEmpty());

        stop.tell();

        hanging.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(holder()).as("before the runner has ended").isEmpty();
        passing(livingInstance(), local).run(new StopSignal()).block(LIMIT);
        assertThat(read("verified")).isEqualTo(1);
    }

    @Test
    void nothingIsMissingWhileTheVolumeIsNotMounted() throws IOException {
        String key = upload("path");
        Path away = root.resolveSibling("away-" + UUID.randomUUID());
        Files.move(root, away);
        Files.createDirectory(root);

        pass();

        assertThat(isMarked(key)).isFalse();
        assertThat(scrub()).isEmpty();
        Files.delete(root);
        Files.move(away, root);
    }

    @Test
    void nothingIsMissingWhenTheVolumeGoesWhileItIsRead() {
        String key = upload("path");
        AtomicInteger checks = new AtomicInteger();
        StorageBackend going = new ForwardingBackend(local) {
            @Override
            public Mono<Void> check() {
                return checks.getAndIncrement() == 0
                        ? Mono.empty()
                        : Mono.error(new BackendException.Failed("another volume", null));
            }

            @Override
            public Mono<BlobStat> stat(BlobKey blob) {
                return Mono.error(() -> new BackendException.NotFound(blob));
            }
        };

        pass(going);

        assertThat(isMarked(key)).isFalse();
        assertThat(holder()).isEmpty();
        pass();
        assertThat(isVerified(key)).isTrue();
    }

    @Test
    void aBackendThatIsDownInterruptsThePassWhichGoesOnLater() {
        String key = upload("path");
        AtomicInteger checks = new AtomicInteger();
        StorageBackend failing = new ForwardingBackend(local) {
            @Override
            public Mono<Void> check() {
                return checks.getAndIncrement() == 0 ? Mono.empty() : down();
            }

            @Override
            public Mono<BlobStat> stat(BlobKey blob) {
                return down();
            }
        };

        pass(failing);

        assertThat(isMarked(key)).isFalse();
        assertThat(metadata.value("SELECT finished_at IS NULL FROM storage_private.scrubs"))
                .isEqualTo("t");
        pass();
        assertThat(isVerified(key)).isTrue();
    }

    @Test
    void whatIsUnavailableForAMomentIsReadAgain() {
        String key = upload("path");
        AtomicInteger calls = new AtomicInteger();

        pass(stat(blob -> calls.getAndIncrement() < 2 ? down() : local.stat(blob)));

        assertThat(isVerified(key)).isTrue();
    }

    @Test
    void whatCanNotBeReadIsCountedAndKeepsNobodyFromTheOthers() {
        String stubborn = upload("stubborn");
        String other = upload("other");

        pass(reading(key -> key.value().equals(stubborn)
                ? Mono.error(new BackendException.Failed("input/output error", null))
                : Mono.empty()));

        assertThat(read("unreadable")).isEqualTo(1);
        assertThat(isMarked(stubborn)).isFalse();
        assertThat(isVerified(stubborn)).isFalse();
        assertThat(isVerified(other)).isTrue();
    }

    @Test
    void aFindThatIsYoungerThanTheReadingStays() {
        String key = upload("path");

        pass(stat(blob -> metadata.ledger.corrupt(blob.value()).then(local.stat(blob))));

        assertThat(isMarked(key)).isTrue();
    }

    @Test
    void readsNoFasterThanItsPace() {
        for (int i = 0; i < 4; i++) {
            upload("path-" + i);
        }
        Pace sixteen = new Pace(16 * 65_536, 65_536);

        Duration took = scrubber(instance, local, sixteen, Duration.ZERO, Duration.ofDays(1))
                .run(new StopSignal())
                .then(Mono.just(true))
                .elapsed()
                .map(timed -> Duration.ofMillis(timed.getT1()))
                .block(LIMIT);

        assertThat(read("verified")).isEqualTo(4);
        assertThat(took).as("the first does not wait").isGreaterThan(Duration.ofMillis(180));
    }

    /** One to whom few bytes are many, and that never gets to the end of this file. */
    private Scrubber small(String endless) {
        StorageBackend backend = reading(key -> key.value().equals(endless) ? Mono.never() : Mono.empty());
        return scrubber(instance, backend, new Pace(0), Duration.ofDays(1), Duration.ofDays(1), 10);
    }

    private CheckedObject checked(String path) {
        return scrubs(instance).checked(bucket, path).block();
    }

    /** Rows between the buckets a… and z…, so many that these are on different pages. */
    private void fillOnePage() {
        metadata.run("INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, not_before)"
                + " SELECT 'm/' || n, 'local', 'garbage', 'm', n, gen_random_uuid(), gen_random_uuid(), 'infinity'"
                + " FROM generate_series(1, 1000) n");
    }

    private String cursor() {
        return metadata.value("SELECT after_key FROM storage_private.scrubs");
    }

    private String holder() {
        return metadata.value("SELECT instance FROM storage_private.scrubs");
    }

    private String scrub() {
        return metadata.value("SELECT s::text FROM storage_private.scrubs s");
    }

    private static <T> Mono<T> down() {
        return Mono.error(() -> new BackendException.Unavailable("down", null));
    }

    private StorageBackend stat(Function<BlobKey, Mono<BlobStat>> stat) {
        return new ForwardingBackend(local) {
            @Override
            public Mono<BlobStat> stat(BlobKey key) {
                return Mono.defer(() -> stat.apply(key));
            }
        };
    }

    /** A backend that does something before each reading. */
    private StorageBackend reading(Function<BlobKey, Mono<Void>> before) {
        return new ForwardingBackend(local) {
            @Override
            public BlobContent read(BlobKey key, ByteRange range) {
                Flux<org.springframework.core.io.buffer.DataBuffer> bytes =
                        Flux.defer(() -> super.read(key, range).bytes());
                return new BlobContent.Streamed(range, before.apply(key).thenMany(bytes));
            }
        };
    }
}
