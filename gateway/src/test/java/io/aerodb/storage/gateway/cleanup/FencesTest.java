package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import io.aerodb.storage.metadata.FenceRepository.Fence;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Several states of one database, and one volume. */
class FencesTest extends CleanupCase {

    @Test
    void theFirstUseGivesBothTheSameToken() {
        assertThat(isClosed()).as("before").isFalse();

        fences().advance().block(LIMIT);

        assertThat(local.token().block(LIMIT)).isEqualTo(newest());
        assertThat(isClosed()).isFalse();
    }

    @Test
    void aCopyOrAnOlderStateOfTheDatabaseDestroysNothingUntilAPersonSaysGo() {
        String before = used();
        String deleted = upload("deleted");
        deleteBySql("deleted");
        Permitted atTheBackup = begin(deadInstance(), "writing");
        store(atTheBackup);
        Permitted lostByIt = begin(instance, "lost");
        store(lostByIt);
        metadata.run("UPDATE storage.blobs SET created_at = now() - interval '1 hour'");
        String newer = upload("newer");
        metadata.run("DELETE FROM storage.objects WHERE name = 'newer'; DELETE FROM storage.blobs WHERE key = '%s'"
                .formatted(newer));
        advance();
        restore(before);

        List<CleanupReport> report = clean(false);

        assertThat(report).contains(Findings.fenced("local"));
        assertThat(summary(report).outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(summary(report).failures()).isZero();
        assertThat(state(deleted)).isEqualTo("garbage");
        assertThat(state(atTheBackup.blobKey())).isEqualTo("writing");
        assertThat(state(lostByIt.blobKey())).isEqualTo("writing");
        assertThat(files()).contains(deleted, newer, atTheBackup.blobKey(), lostByIt.blobKey());
        assertThat(fenced()).isEqualTo(1);

        assertThat(summary(clean(true)).deletedFiles()).isEqualTo(4);
        assertThat(files()).isEmpty();
        assertThat(fenced()).isZero();
    }

    @Test
    void aDryRunLooksThereAllTheSameAndSaysWhyNothingElseWill() {
        String before = used();
        upload("path");
        advance();
        restore(before);

        CleanupOrder order = CleanupOrder.dryRun(Set.of("local"));
        Compared end =
                compared(job(local, Duration.ZERO).run(order).collectList().block(LIMIT));

        assertThat(end.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(end.reason()).isEqualTo(Fences.USED);
        assertThat(end.lookedUp()).isEqualTo(1);
    }

    @Test
    void theOneThatWasNotTakenIsKeptOutByGo() {
        String before = used();
        advance();
        String production = fencesRow();
        restore(before);

        fences().accept("local", local).block(LIMIT);

        assertThat(isClosed()).isFalse();
        restore(production);
        assertThat(isClosed()).isTrue();
    }

    @Test
    void aGatewayThatDiesBetweenTheDatabaseAndTheVolumeLeavesBothUsable() {
        Fence first = metadata.fences().begin("local", UUID.randomUUID()).block();
        assertThat(isClosed()).as("never on the volume").isFalse();
        advance();
        assertThat(local.token().block(LIMIT)).isEqualTo(first.newest());

        UUID second = UUID.randomUUID();
        assertThat(metadata.fences()
                        .advance("local", first, second, Duration.ZERO)
                        .block()
                        .newest())
                .isEqualTo(second);

        assertThat(isClosed()).isFalse();
        advance();
        assertThat(local.token().block(LIMIT)).as("written later").isEqualTo(second);
        assertThat(newest()).as("before there is a third").isEqualTo(second);
    }

    @Test
    void gatewaysOfOneDatabaseTakeTurnsAndAreNeverKeptOut() {
        Fences one = fences();
        Fences two = fences();
        for (int turn = 0; turn < 8; turn++) {
            UUID last = local.token().block(LIMIT);
            late();
            (turn % 2 == 0 ? one : two).advance().block(LIMIT);
            (turn % 2 == 0 ? two : one).advance().block(LIMIT);

            assertThat(local.token().block(LIMIT)).isEqualTo(newest()).isNotEqualTo(last);
            assertThat(one.isClosed("local", local).block(LIMIT)).isFalse();
            assertThat(two.isClosed("local", local).block(LIMIT)).isFalse();
        }
        assertThat(metadata.value("SELECT cardinality(tokens) FROM storage_private.fences"))
                .isEqualTo("5");
    }

    @Test
    void aTokenIsKeptForAMinute() {
        used();
        UUID first = newest();

        fences().advance().block(LIMIT);

        assertThat(newest()).isEqualTo(first);
    }

    @Test
    void aGatewayThatHasJustStartedLetsThoseThatRunGoFirst() {
        String before = used();
        late();

        fences(Duration.ofHours(1)).advance().block(LIMIT);

        assertThat(fencesRow()).isEqualTo(before);
    }

    @Test
    void aLateWriterOfTheVolumeKeepsNobodyOut() {
        used();
        UUID late = newest();
        turns(4);

        local.mark(late).block(LIMIT);

        assertThat(isClosed()).isFalse();
        fences().advance().block(LIMIT);
        assertThat(local.token().block(LIMIT)).isEqualTo(newest());
    }

    @Test
    void aTokenThatComesAfterTheDatabaseHasForgottenItIsFollowedByTheNewest() {
        used();
        late();

        writingMeanwhile(() -> turns(6)).advance().block(LIMIT);

        assertThat(local.token().block(LIMIT)).isEqualTo(newest());
        assertThat(isClosed()).isFalse();
    }

    @Test
    void aTokenThatComesAfterTheDatabaseWasRestoredClosesTheVolume() {
        used();
        late();
        String before = metadata.value("SELECT turn FROM storage_private.fences");

        writingMeanwhile(() -> metadata.run(
                        "UPDATE storage_private.fences SET tokens = ARRAY[gen_random_uuid()], turn = " + before))
                .advance()
                .block(LIMIT);

        assertThat(isClosed()).isTrue();
    }

    /** Fences of a gateway that does nothing for so long between the database and the volume. */
    private Fences writingMeanwhile(Runnable meanwhile) {
        AtomicBoolean first = new AtomicBoolean(true);
        StorageBackend paused = new ForwardingVolume(local, local) {
            @Override
            public Mono<Void> mark(UUID token) {
                return Mono.<Void>fromRunnable(() -> {
                            if (first.compareAndSet(true, false)) {
                                meanwhile.run();
                            }
                        })
                        .subscribeOn(Schedulers.boundedElastic())
                        .then(super.mark(token));
            }
        };
        StorageBackends all = new StorageBackends(Map.of("local", paused), "local");
        return new Fences(new VolumeGuard(installation), metadata.fences(), all, meters, Duration.ZERO);
    }

    private void turns(int count) {
        for (int turn = 0; turn < count; turn++) {
            advance();
        }
    }

    /** The tokens after the first use. */
    private String used() {
        fences().advance().block(LIMIT);
        return fencesRow();
    }

    private void advance() {
        late();
        fences().advance().block(LIMIT);
    }

    private void late() {
        metadata.run("UPDATE storage_private.fences SET advanced_at = now() - interval '2 minutes'");
    }

    private String fencesRow() {
        return metadata.value("SELECT tokens FROM storage_private.fences WHERE backend = 'local'");
    }

    private void restore(String tokens) {
        metadata.run("UPDATE storage_private.fences SET tokens = '%s' WHERE backend = 'local'".formatted(tokens));
    }

    private UUID newest() {
        return UUID.fromString(metadata.value("SELECT tokens[1] FROM storage_private.fences WHERE backend = 'local'"));
    }

    private boolean isClosed() {
        return Boolean.TRUE.equals(fences().isClosed("local", local).block(LIMIT));
    }

    private double fenced() {
        return registry.get("storage.cleanup.fenced")
                .tag("backend", "local")
                .gauge()
                .value();
    }

    private List<CleanupReport> clean(boolean go) {
        CleanupOrder order = new CleanupOrder(false, Set.of("local"), true, go, true);
        return job(local, Duration.ZERO).run(order).collectList().block(LIMIT);
    }

    private static Summary summary(List<CleanupReport> report) {
        return (Summary) report.get(report.size() - 1);
    }

    private static Compared compared(List<CleanupReport> report) {
        return report.stream()
                .filter(Compared.class::isInstance)
                .map(Compared.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
