package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.RangedListing;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Orphan;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a look at a backend finds, page by page. */
class ComparisonTest extends OrphanCleanupCase {

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

    @Test
    void whatIsTooMuchIsCountedAndNotRemembered() {
        IntStream.range(0, 1500).forEach(n -> unknownFile());

        Summary stopped = summary(false);

        assertThat(stopped.counts().unknown()).isEqualTo(1500);
        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("1000");
        assertThat(summary(true).counts().adopted()).isEqualTo(1500);
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
    void whatIsNoFileIsToldAndKeepsNobodyFromTheOthers() throws IOException {
        String odd = upload("odd");
        String missing = upload("missing");
        delete(odd);
        Files.createDirectory(root().resolve(odd));
        delete(missing);
        unknownFile();

        List<CleanupReport> first = run(clean(false));
        anHourPasses();
        Summary second = summary(false);

        assertThat(first).contains(new Orphan(Orphan.Kind.UNREADABLE, "local", odd, "content".length()));
        assertThat(((Summary) first.get(first.size() - 1)).counts()).isEqualTo(new Counts(1, 0, 1, 1, 1, 0));
        assertThat(second.counts().removed()).isEqualTo(1);
        assertThat(second.failures()).isZero();
        assertThat(objects()).isEqualTo("odd");
        Files.delete(root().resolve(odd));
    }

    @Test
    void whatCanNotBeToldIsNotMissing() {
        String key = upload("path");
        StorageBackend denied = new ForwardingBackend(local) {
            @Override
            public Mono<BlobStat> stat(BlobKey of) {
                return Mono.error(new BackendException.Failed("permission denied", null));
            }
        };

        List<CleanupReport> lines = job(denied).run(clean(false)).collectList().block(LIMIT);

        assertThat(lines).contains(new Orphan(Orphan.Kind.UNREADABLE, "local", key, "content".length()));
        assertThat(((Summary) lines.get(lines.size() - 1)).counts().missing()).isZero();
    }

    @Test
    void whatCanNotBeListedIsToldAndTheRestIsCompared() {
        unknownFile();
        Failed end = new Failed("list", "local", "a directory can't be read");
        StorageBackend partly = new ForwardingBackend(local) {
            @Override
            public Flux<BlobStat> list() {
                return super.list().concatWith(Mono.error(() -> new BackendException.Failed(end.reason(), null)));
            }
        };

        List<CleanupReport> lines = job(partly).run(clean(false)).collectList().block(LIMIT);

        assertThat(lines).contains(end);
        Summary summary = (Summary) lines.get(lines.size() - 1);
        assertThat(summary.counts().adopted()).isEqualTo(1);
        assertThat(summary.outcome()).isEqualTo(CleanupReport.Outcome.FAILED);
    }

    @Test
    void aComparisonThatEndedInTheFutureIsNoReasonToWait() {
        summary(false);
        metadata.run("UPDATE storage_private.comparisons SET ended_at = now() + interval '10 years',"
                + " held_until = now() + interval '10 years'");
        unknownFile();

        job(local).scheduled(new StopSignal()).block(LIMIT);

        assertThat(metadata.value("SELECT ended_at <= now() AND held_until IS NULL FROM storage_private.comparisons"))
                .isEqualTo("t");
    }

    @Test
    void aFileThatIsRestoredWhileTheSecondRunComparesIsNotMissing() throws IOException {
        String key = upload("path");
        delete(upload("missing"));
        Path away = root().resolveSibling("file-" + UUID.randomUUID());
        Files.move(root().resolve(key), away);
        summary(false);
        anHourPasses();
        StorageBackend restored = new ForwardingBackend(local) {
            @Override
            public Flux<BlobStat> list() {
                return Mono.fromCallable(() -> Files.move(away, root().resolve(key)))
                        .thenMany(super.list());
            }
        };

        Summary second = job(restored).run(clean(false)).ofType(Summary.class).blockLast(LIMIT);

        assertThat(second.counts().missing()).isEqualTo(2);
        assertThat(second.counts().removed()).isEqualTo(1);
        assertThat(objects()).isEqualTo("path");
        assertThat(state(key)).isEqualTo("live");
        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .isEqualTo("0");
    }

    private abstract static class Listing extends ForwardingBackend implements RangedListing {
        Listing(StorageBackend backend) {
            super(backend);
        }
    }
}
