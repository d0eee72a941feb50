package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.OrphanRepository.Claim;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import io.aerodb.storage.metadata.OrphanRepository.UnknownFile;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Comparisons that meet: of several gateways one makes them. */
class ComparisonLeaseTest extends OrphanCleanupCase {

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
    void aRunThatHasLostItsLeaseLooksAtNothingMore() {
        AtomicBoolean left = new AtomicBoolean();
        StorageBackend robbed = new ForwardingBackend(local) {
            @Override
            public Flux<BlobStat> list() {
                return Flux.<BlobStat>never()
                        .doFirst(() -> metadata.run("UPDATE storage_private.comparisons SET run = gen_random_uuid()"))
                        .doOnCancel(() -> left.set(true));
            }
        };

        List<CleanupReport> lines = job(robbed, graceFailed, Duration.ofMillis(600))
                .run(clean(false))
                .collectList()
                .block(LIMIT);

        assertThat(lines).contains(new Failed("compare", "local", "another comparison has begun meanwhile"));
        assertThat(left).isTrue();
    }

    @Test
    void aRunThatHasLostItsLeaseChangesNothingMore() {
        String missing = upload("path");
        String unknown = unknownFile();
        SizedKey found = new SizedKey(missing, 7);
        OrphanRepository orphans = metadata.orphans(instance, DEAD_AFTER);
        UUID late = UUID.randomUUID();
        orphans.claim("local", late, Duration.ZERO).block();
        orphans.note("local", late, Kind.UNKNOWN, List.of(new SizedKey(unknown, 7)))
                .block();
        orphans.note("local", late, Kind.MISSING, List.of(found)).block();
        metadata.run("UPDATE storage_private.comparisons SET held_until = now()");
        UUID other = UUID.randomUUID();
        assertThat(orphans.claim("local", other, Duration.ZERO).block().busy()).isFalse();
        orphans.note("local", other, Kind.UNKNOWN, List.of(new SizedKey(key(), 7)))
                .block();

        assertThat(orphans.settle("local", late).block()).isZero();
        assertThat(orphans.adopt("local", late).block()).isEmpty();
        assertThat(orphans.remove("local", late, List.of(found), List.of(found)).block())
                .isEmpty();
        orphans.note("local", late, Kind.MISSING, List.of(new SizedKey(key(), 7)))
                .block();

        assertThat(objects()).isEqualTo("path");
        assertThat(state(unknown)).isEmpty();
        assertThat(metadata.value("SELECT count(*) FROM storage_private.orphans"))
                .as("those of the late one, which the other settles, and its own")
                .isEqualTo("3");
        assertThat(orphans.settle("local", other).block()).isEqualTo(2);
    }

    @Test
    void noRunBeginsWhileAnotherOneChangesSomething() throws Exception {
        OrphanRepository orphans = metadata.orphans(instance, DEAD_AFTER);
        UUID slow = UUID.randomUUID();
        orphans.claim("local", slow, Duration.ZERO).block();
        orphans.note("local", slow, Kind.UNKNOWN, List.of(new SizedKey(unknownFile(), 7)))
                .block();
        metadata.run("UPDATE storage_private.comparisons SET held_until = now()");

        CompletableFuture<List<UnknownFile>> adopting = new CompletableFuture<>();
        CompletableFuture<Claim> claiming =
                metadata.whileHolding("SELECT FROM storage_private.orphans FOR UPDATE", () -> {
                    orphans.adopt("local", slow).subscribe(adopting::complete);
                    await().atMost(LIMIT).until(() -> metadata.waiting() == 1);
                    CompletableFuture<Claim> claim = orphans.claim("local", UUID.randomUUID(), Duration.ZERO)
                            .toFuture();
                    await().atMost(LIMIT).until(() -> metadata.waiting() == 2);
                    return claim;
                });

        assertThat(adopting.get(30, TimeUnit.SECONDS)).hasSize(1);
        assertThat(claiming.get(30, TimeUnit.SECONDS).busy()).isFalse();
    }

    private boolean isHeld() {
        return !metadata.value("SELECT 1 FROM storage_private.comparisons WHERE held_until > now()")
                .isEmpty();
    }

    private static CleanupOrder scheduledOrder() {
        return CleanupOrder.scheduled(Set.of("local"));
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
}
