package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Writes that were begun and never ended. */
class SweeperTest extends CleanupCase {

    @Test
    void whatADeadGatewayWasWritingIsGarbageAndThenGone() {
        Permitted permit = begin(deadInstance(), "path");
        store(permit);

        assertThat(sweeper().sweep().block()).isEqualTo(1);

        assertThat(state(permit.blobKey())).isEqualTo("garbage");
        assertThat(collect().files()).isEqualTo(1);
        assertThat(files()).isEmpty();
        assertThat(state(permit.blobKey())).isEmpty();
    }

    @Test
    void moreThanOnePageOfThemIsSwept() {
        UUID dead = deadInstance();
        metadata.run("INSERT INTO storage.blobs (key, backend, bucket_id, name, version, writer)"
                + " SELECT 'key-' || n, 'elsewhere', '%s', n, gen_random_uuid(), '%s' FROM generate_series(1, 2500) n"
                        .formatted(bucket, dead));

        assertThat(sweeper().sweep().block()).isEqualTo(2500);
    }

    @Test
    void aGatewayThatEndedInOrderIsDead() {
        UUID ended = livingInstance();
        Permitted permit = begin(ended, "path");
        metadata.ledger.end(ended).block();

        sweeper().sweep().block();

        assertThat(state(permit.blobKey())).isEqualTo("garbage");
    }

    @Test
    void whatAnotherLivingGatewayWritesIsItsOwnAffair() {
        Permitted permit = begin(livingInstance(), "path");
        older(permit);

        assertThat(sweeper().sweep().block()).isZero();

        assertThat(state(permit.blobKey())).isEqualTo("writing");
    }

    @Test
    void whatThisGatewayWritesStaysAndWhatItHasLostSightOfDoesNot() {
        Permitted open = begin(instance, "open");
        Permitted lost = begin(instance, "lost");
        Permitted young = begin(instance, "young");
        older(open);
        older(lost);
        Sinks.One<String> end = Sinks.one();
        Mono<String> writing = writes.during(open.blobKey(), end.asMono()).cache();
        writing.subscribe();

        assertThat(sweeper().sweep().block()).isEqualTo(1);

        assertThat(state(open.blobKey())).isEqualTo("writing");
        assertThat(state(lost.blobKey())).isEqualTo("garbage");
        assertThat(state(young.blobKey())).isEqualTo("writing");
        end.tryEmitValue("done");
        assertThat(sweeper().sweep().block()).isEqualTo(1);
        assertThat(state(open.blobKey())).isEqualTo("garbage");
    }

    @Test
    void nothingIsLostWhileTheAnswerToABeginningMayBeOnItsWay() {
        Permitted permit = begin(instance, "path");
        older(permit);
        metadata.run("UPDATE storage.instances SET heartbeat_at = now() + interval '1 hour'");
        Sinks.One<Permitted> answer = Sinks.one();
        OpenWrites impatient = new OpenWrites();
        Disposable asking = impatient.beginning(answer.asMono()).subscribe();
        GarbageRepository atOnce = metadata.garbage(instance, Duration.ofNanos(1));
        Sweeper sweeper = new Sweeper(atOnce, impatient, meters, fences());

        assertThat(sweeper.sweep().block()).isZero();
        assertThat(state(permit.blobKey())).isEqualTo("writing");

        asking.dispose();
        assertThat(sweeper.sweep().block()).as("nobody waits for it any more").isEqualTo(1);
    }

    @Test
    void aWriterThatWakesUpAfterTheSweepIsToldSoAndChangesNothing() {
        upload("path");
        UUID paused = livingInstance();
        Permitted permit = begin(paused, "path");
        StoredBlob stored = store(permit);
        metadata.run("UPDATE storage.instances SET heartbeat_at = now() - interval '1 hour' WHERE id = '%s'"
                .formatted(paused));
        sweeper().sweep().block();

        assertThat(commit(paused, permit, "path", stored))
                .isInstanceOfSatisfying(
                        RolledBack.class,
                        refused -> assertThat(refused.reason().kind()).isEqualTo(Kind.SWEPT));

        assertThat(metadata.value(
                        "SELECT count(*) FROM storage.objects WHERE blob_key = '%s'".formatted(permit.blobKey())))
                .isEqualTo("0");
    }

    @Test
    void aCommitThatCameFirstWins() {
        UUID paused = deadInstance();
        Permitted permit = begin(paused, "path");
        assertThat(commit(paused, permit, "path", store(permit))).isInstanceOf(Committed.class);

        assertThat(sweeper().sweep().block()).isZero();
        collect();

        assertThat(state(permit.blobKey())).isEqualTo("live");
        assertThat(files()).containsExactly(permit.blobKey());
    }

    @Test
    void leasesOfTheDeadEndWithTheirLastWrite() {
        UUID dead = deadInstance();
        begin(dead, "path");

        sweeper().sweep().block();
        sweeper().sweep().block();

        assertThat(metadata.value("SELECT count(*) FROM storage.instances WHERE id = '%s'".formatted(dead)))
                .isEqualTo("0");
    }

    @Test
    void toAGatewayThatHasJustStartedNobodyIsDeadWhoHasALease() {
        Permitted silent = begin(deadInstance(), "silent");
        UUID gone = livingInstance();
        Permitted left = begin(gone, "left");
        metadata.ledger.end(gone).block();
        metadata.run("UPDATE storage.instances SET started_at = now() - interval '59 seconds' WHERE id = '%s'"
                .formatted(instance));

        assertThat(sweeper().sweep().block()).isEqualTo(1);
        assertThat(state(left.blobKey())).as("its gateway ended in order").isEqualTo("garbage");
        assertThat(state(silent.blobKey())).isEqualTo("writing");

        metadata.run("UPDATE storage.instances SET started_at = now() - interval '61 seconds' WHERE id = '%s'"
                .formatted(instance));
        assertThat(sweeper().sweep().block()).isEqualTo(1);
    }

    @Test
    void aGatewayThatWasTakenForDeadItselfBeginsAnew() {
        Permitted silent = begin(deadInstance(), "silent");
        metadata.ledger.end(instance).block();

        assertThat(sweeper().sweep().block()).as("before it beats again").isZero();
        metadata.ledger.beat(instance, "test", DEAD_AFTER).block();
        assertThat(sweeper().sweep().block()).as("after it").isZero();

        assertThat(state(silent.blobKey())).isEqualTo("writing");
    }

    @Test
    void afterAnOutageThatIsShorterThanALifeTheOthersHaveTheirTimeToo() {
        Permitted others = begin(deadInstance(), "others");
        metadata.run("UPDATE storage.instances SET heartbeat_at = now() - interval '55 seconds' WHERE id = '%s'"
                .formatted(instance));

        livingAgain(instance);

        assertThat(sweeper().sweep().block()).isZero();
        assertThat(state(others.blobKey())).isEqualTo("writing");
    }

    @Test
    void aGatewayThatCouldNotBeatItselfTakesNobodyForDeadAndKeepsItsOwn() {
        Permitted others = begin(deadInstance(), "others");
        Permitted own = begin(instance, "own");
        silent(instance);

        assertThat(sweeper().sweep().block()).isZero();
        assertThat(sweeper().sweep().block()).as("the next time").isZero();
        silent(instance);
        livingAgain(instance);
        assertThat(sweeper().sweep().block()).as("after a beat").isZero();

        assertThat(state(others.blobKey())).isEqualTo("writing");
        assertThat(state(own.blobKey())).isEqualTo("writing");
        metadata.run("UPDATE storage.instances SET resumed_at = now() - interval '61 seconds'");
        assertThat(sweeper().sweep().block())
                .as("when the others had their time")
                .isEqualTo(1);
        assertThat(state(own.blobKey())).isEqualTo("writing");
    }

    @Test
    void aBeatWithoutAnAnswerIsFollowedByTheNextOne() throws Exception {
        StorageSettings settings = new Binder(
                        new MapConfigurationPropertySource(Map.of("storage.cleanup.dead-after", "6s")))
                .bindOrCreate("storage", Bindable.of(StorageSettings.class));
        InstanceLease lease =
                new CleanupConfiguration().instanceLease(metadata.jobs, new Instance(instance, "test"), settings);
        lease.start();
        try {
            assertThat(metadata.whileLocked("storage.instances", () -> {
                        await().atMost(Duration.ofSeconds(10)).until(() -> metadata.waiting() > 1);
                        return metadata.waiting();
                    }))
                    .isGreaterThan(1);
        } finally {
            lease.stop();
        }
    }

    @Test
    void aBackendThatDoesNotAnswerKeepsNobodyFromTheOthers() {
        UUID dead = deadInstance();
        Permitted here = begin(dead, "here");
        Permitted there = begin(dead, "there");
        metadata.run("UPDATE storage.blobs SET backend = 'silent' WHERE key = '%s'".formatted(there.blobKey()));
        backends = new StorageBackends(Map.of("local", local, "silent", silent()), "local");

        new GarbageRound(sweeper(), collector(garbage()), backends)
                .run(new StopSignal())
                .block(LIMIT);
        fences().turn(false).block(LIMIT);

        assertThat(state(here.blobKey())).as("swept and collected").isEmpty();
        assertThat(state(there.blobKey())).isEqualTo("writing");
        assertThat(local.sign().block(LIMIT).token()).isNotNull();
    }

    /** As a volume that hangs answers in the end. */
    private StorageBackend silent() {
        return new ForwardingVolume(local, local) {
            @Override
            public Mono<Sign> sign() {
                return Mono.error(new BackendException.Unavailable("silent", null));
            }
        };
    }

    private void livingAgain(UUID id) {
        metadata.ledger.beat(id, "test", DEAD_AFTER).block();
    }

    private void silent(UUID id) {
        metadata.run("UPDATE storage.instances SET heartbeat_at = now() - interval '61 seconds', resumed_at = NULL"
                + " WHERE id = '%s'".formatted(id));
    }

    private void older(Permitted permit) {
        metadata.run("UPDATE storage.blobs SET created_at = now() - interval '61 seconds' WHERE key = '%s'"
                .formatted(permit.blobKey()));
    }
}
