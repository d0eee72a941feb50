package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Gateways of one database, or of several states of one, on one volume. */
class FencesTest extends CleanupCase {

    @Test
    void theFirstUseGivesBothTheSameToken() {
        Fences fences = fences();
        assertThatThrownBy(() -> fences.admitUpload("local"))
                .as("not looked at")
                .isInstanceOf(StorageError.class);

        start(fences);

        assertThat(token()).isEqualTo(current());
        assertIsOpen(fences);
    }

    @Test
    void ofTwoThatStartAtOnceOnSomethingNewOneMakesTheFirstToken() {
        Fences one = fences(livingInstance(), backends);
        Fences two = fences(livingInstance(), backends);

        Mono.when(one.turn(true), two.turn(true)).block(LIMIT);

        assertThat(metadata.value("SELECT count(*) FROM storage_private.fence_tokens"))
                .isEqualTo("1");
        assertThat(token()).isEqualTo(current());
        assertIsOpen(one);
        assertIsOpen(two);
    }

    @Test
    void aTokenIsKeptForAMinuteAndRenewedAtAStartAndAStop() {
        Fences fences = started();
        UUID first = token();

        look(fences);
        assertThat(token()).isEqualTo(first);

        aMinutePasses();
        look(fences);
        UUID second = token();
        assertThat(second).isNotEqualTo(first).isEqualTo(current());

        start(fences);
        assertThat(token()).isNotEqualTo(second).isEqualTo(current());
    }

    @Test
    void aTimeInTheFutureIsOver() {
        Fences fences = started();
        UUID first = token();
        metadata.run("UPDATE storage_private.fences SET advanced_at = now() + interval '10 years'");

        look(fences);

        assertThat(token()).isNotEqualTo(first);
        assertThat(metadata.value("SELECT advanced_at <= now() FROM storage_private.fences"))
                .isEqualTo("t");
    }

    @Test
    void oneOfThoseThatLiveMakesTheTokensUntilItDiesOrCanNot() {
        UUID first = livingInstance();
        Fences maker = fences(first, backends);
        Fences other = fences(livingInstance(), backends);
        start(maker);
        UUID before = token();

        aMinutePasses();
        start(other);
        assertThat(token()).as("another one lives").isEqualTo(before);

        metadata.run("UPDATE storage_private.fences SET advanced_at = now() - interval '121 seconds'");
        look(other);
        UUID taken = token();
        assertThat(taken).as("the other one can't").isNotEqualTo(before);
        start(maker);
        assertThat(token()).isEqualTo(taken);

        metadata.run("DELETE FROM storage.instances");
        start(maker);
        assertThat(token()).as("the other one is dead").isNotEqualTo(taken).isEqualTo(current());
        assertIsOpen(maker);
        look(other);
        assertIsOpen(other);
    }

    @Test
    void aGatewayThatIsKilledBetweenTheDatabaseAndTheVolumeIsNoReasonToDoubt() {
        started();
        for (int kill = 0; kill < 3; kill++) {
            Fences killed = killedBeforeItMarks();
            start(killed);
            assertIsOpen(started());
            assertThat(token()).isEqualTo(current());
        }
    }

    @Test
    void neitherIsOneThatIsKilledBetweenTheVolumeAndTheDatabase() {
        started();
        for (int kill = 0; kill < 3; kill++) {
            killedAfterItHasMarked();
            assertThat(token()).isNotEqualTo(current());
            Fences next = fences();
            look(next);
            assertIsOpen(next);
        }
        assertIsOpen(started());
        assertThat(token()).isEqualTo(current());
    }

    @Test
    void norOneThatIsKilledAtTheFirstTokenOfAll() {
        start(killedBeforeItMarks());
        assertThat(token()).isNull();

        assertIsOpen(started());
        assertThat(token()).isEqualTo(current());
    }

    @Test
    void aTokenThatComesTooLateIsFollowedByANewOneOfWhoHasSeenThatTheVolumeWasNewer() {
        Fences living = started();
        UUID late = unwritten();
        start(living);
        start(living);

        local.mark(late).block(LIMIT);
        assertThat(closed(living)).as("while it is there").contains(FenceLook.LATE);
        assertThatCode(() -> living.admitUpload("local")).doesNotThrowAnyException();
        look(living);

        assertThat(token()).isEqualTo(current()).isNotEqualTo(late);
        assertIsOpen(living);
    }

    @Test
    void aWriteThatHangsUntilAnotherGatewayMakesTokensClosesNothing() {
        AtomicBoolean first = new AtomicBoolean(true);
        Fences other = fences(livingInstance(), backends);
        Fences paused = fences(
                instance,
                new StorageBackends(
                        Map.of("local", new ForwardingVolume(local, local) {
                            @Override
                            public Mono<Void> mark(UUID token) {
                                Runnable meanwhile = () -> {
                                    if (first.compareAndSet(true, false)) {
                                        metadata.run(
                                                "UPDATE storage_private.fences SET advanced_at = now() - interval '1 hour'");
                                        start(other);
                                        start(other);
                                    }
                                };
                                return Mono.fromRunnable(meanwhile)
                                        .subscribeOn(Schedulers.boundedElastic())
                                        .then(super.mark(token));
                            }
                        }),
                        "local"));
        started();
        start(paused);
        assertThat(token()).as("it came last").isNotEqualTo(current());

        look(other);

        assertThat(token()).isEqualTo(current());
        look(paused);
        assertIsOpen(paused);
        assertIsOpen(other);
    }

    @Test
    void ofTwoCopiesOfAVolumeOneIsInUseAndTheOtherTakesNoUploadsFromItsStart() throws IOException {
        Fences original = started();
        StorageBackends copied = copied();
        start(original);
        Fences copy = fences(livingInstance(), copied);

        start(copy);

        assertThatThrownBy(() -> copy.admitUpload("local")).isInstanceOf(StorageError.class);
        assertIsOpen(original);
        UUID stale = token(copied);
        looks(copy);
        assertThat(copy.objection("local"))
                .hasValueSatisfying(said -> assertThat(said).startsWith(FenceLook.COPY));
        assertThat(token(copied)).as("nobody mends it").isEqualTo(stale);
        aMinutePasses();
        look(original);
        assertThat(closed(original)).contains(FenceLook.FOUND + FenceLook.COPY);
        assertThatCode(() -> original.admitUpload("local")).doesNotThrowAnyException();
        assertThat(token()).as("and goes on").isEqualTo(current());
    }

    @Test
    void aCopyThatWasAsNewAsItsOriginalIsFoundOutByTheNextToken() throws IOException {
        Fences original = started();
        StorageBackends copied = copied();
        Fences copy = fences(livingInstance(), copied);
        start(copy);
        assertIsOpen(copy);

        aMinutePasses();
        look(original);
        look(copy);

        assertThat(closed(copy)).as("cleans up nothing from then on").contains(FenceLook.LATE);
        assertThatCode(() -> copy.admitUpload("local")).doesNotThrowAnyException();
        looks(copy);
        assertThatThrownBy(() -> copy.admitUpload("local")).isInstanceOfSatisfying(StorageError.class, error -> {
            assertThat(error.code().status().value()).isEqualTo(503);
            assertThat(error.headers()).containsEntry("Retry-After", "60");
        });
        assertThat(closed(original)).contains(FenceLook.FOUND + FenceLook.COPY);
        assertThatCode(() -> original.admitUpload("local")).doesNotThrowAnyException();
    }

    @Test
    void goIsSaidOfOneCopyAndTheOtherContradictsAgainWhenItIsStillThere() throws IOException {
        Fences original = started();
        Fences copy = fences(livingInstance(), copied());
        start(original);
        looks(copy);
        assertThat(closed(original)).isPresent();

        original.accept("local").block(LIMIT);
        assertIsOpen(original);

        look(copy);
        assertThat(closed(original)).contains(FenceLook.FOUND + FenceLook.COPY);
    }

    @Test
    void aCopyIsNotMendedAlsoWhenItsTokenIsOneWhoseWriteWasCutOff() throws IOException {
        started();
        Fences original = fences(livingInstance(), backends);
        look(original);
        StorageBackends copied = copied();
        killedAfterItHasMarked();
        UUID cutOff = token();
        look(original);
        metadata.run("DELETE FROM storage.instances");
        Fences copy = fences(livingInstance(), copied);
        start(copy);
        assertIsOpen(copy);

        metadata.run("UPDATE storage_private.fences SET advanced_at = now() - interval '1 hour'");
        looks(original);

        assertThat(token()).isEqualTo(cutOff);
        assertThatThrownBy(() -> original.admitUpload("local")).isInstanceOf(StorageError.class);
    }

    @Test
    void anOlderStateOfAVolumeIsNotMendedEitherByAGatewayThatRanMeanwhile() {
        Fences running = started();
        UUID before = token();
        start(running);

        local.mark(before).block(LIMIT);
        looks(running);

        assertThat(token()).isEqualTo(before);
        assertThatThrownBy(() -> running.admitUpload("local")).isInstanceOf(StorageError.class);
    }

    @Test
    void ofADatabaseAndItsCloneTheOneThatStartsFirstHasTheVolumeAndTheOtherTakesNoUploads() {
        Fences before = started();
        stop(before);
        metadata.run("DELETE FROM storage.instances");
        String original = state();
        Fences clone = fences(livingInstance(), backends);
        start(clone);
        assertIsOpen(clone);
        String cloned = state();

        restore(original);
        Fences late = fences(livingInstance(), backends);
        start(late);

        assertThatThrownBy(() -> late.admitUpload("local")).isInstanceOf(StorageError.class);
        assertThat(closed(late)).contains(FenceLook.USED);
        restore(cloned);
        assertThat(closed(clone)).contains(FenceLook.SHARED);
        assertThatCode(() -> clone.admitUpload("local")).doesNotThrowAnyException();
        look(clone);
        assertThat(clone.objection("local")).contains(FenceLook.SHARED);
    }

    @Test
    void whatADatabaseAndItsCloneTakeWhileNeitherKnowsOfTheOtherIsKeptByBoth() {
        Fences original = started();
        String originals = state();
        Fences clone = fences(livingInstance(), backends);
        look(clone);
        assertIsOpen(clone);
        String clones = state();

        restore(originals);
        start(original);
        assertIsOpen(original);
        originals = state();
        restore(clones);
        look(clone);
        assertThatThrownBy(() -> clone.admitUpload("local")).isInstanceOf(StorageError.class);

        restore(originals);
        assertThat(closed(original)).contains(FenceLook.SHARED);
        original.accept("local").block(LIMIT);
        assertIsOpen(original);
        originals = state();
        restore(clones);
        look(clone);
        restore(originals);
        assertThat(closed(original)).as("the other one is still there").contains(FenceLook.SHARED);
    }

    @Test
    void aRestoredDatabaseIsKnownByTheTokensOfEachStartAndStopSinceThen() {
        stop(started());
        String backup = state();
        Fences shortly = started();
        restore(backup);
        assertIsForeign(started());

        shortly.accept("local").block(LIMIT);
        Fences last = started();
        backup = state();
        stop(last);
        restore(backup);
        assertIsForeign(started());
    }

    @Test
    void aVolumeThatHasLostItsTokenGetsNoOtherAndTakesNoUploadsInTheEnd() throws IOException {
        Fences fences = started();
        Files.delete(root().resolve(".aerodb-token"));

        look(fences);
        assertThat(closed(fences)).contains(FenceLook.LATE);
        assertThatThrownBy(() -> started().admitUpload("local")).isInstanceOf(StorageError.class);

        looks(fences);
        assertThat(root().resolve(".aerodb-token")).doesNotExist();
        assertThatThrownBy(() -> fences.admitUpload("local")).isInstanceOf(StorageError.class);
        assertThat(fences.objection("local"))
                .hasValueSatisfying(said -> assertThat(said).startsWith(FenceLook.COPY));
    }

    @Test
    void aGatewayThatStillSeesNoneWhileAnotherMakesTheFirstDoubtsNothing() {
        Fences maker = fences(livingInstance(), backends);
        AtomicBoolean first = new AtomicBoolean(true);
        Fences other = fences(
                livingInstance(),
                new StorageBackends(
                        Map.of("local", new ForwardingVolume(local, local) {
                            @Override
                            public Mono<Sign> sign() {
                                return local.sign().doOnNext(seen -> {
                                    if (first.getAndSet(false)) {
                                        maker.turn(true)
                                                .toFuture()
                                                .orTimeout(20, TimeUnit.SECONDS)
                                                .join();
                                    }
                                });
                            }
                        }),
                        "local"));

        start(other);

        assertIsOpen(maker);
        assertIsOpen(other);
    }

    @Test
    void aVolumeThatHasOneIsForeignToADatabaseThatHasNone() {
        started();
        metadata.run("DELETE FROM storage_private.fences");

        assertIsForeign(started());
    }

    @Test
    void aTokenThatCanNotBeReadStopsUploadsInTheEndAndEndsNoLookLate() throws Exception {
        Fences fences = started();
        Path token = root().resolve(".aerodb-token");
        Files.delete(token);
        assertThat(new ProcessBuilder("mkfifo", token.toString()).start().waitFor())
                .isZero();

        look(fences);
        assertThatCode(() -> fences.admitUpload("local")).doesNotThrowAnyException();
        looks(fences);

        assertThatThrownBy(() -> fences.admitUpload("local")).isInstanceOf(StorageError.class);
        assertThat(metadata.value("SELECT disputed FROM storage_private.fences"))
                .isEmpty();
    }

    @Test
    void oldTokensAreForgottenButNotTheOneThatTheVolumeHas() {
        Fences fences = started();
        metadata.run("UPDATE storage_private.fences SET turn = turn + 5000");
        assertThat(unwritten()).isNotNull();

        assertIsOpen(started());

        metadata.run("UPDATE storage_private.fences SET turn = turn + 5000");
        start(fences);
        start(fences);
        assertIsOpen(fences);
        assertThat(metadata.value("SELECT count(*) FROM storage_private.fence_tokens"))
                .isEqualTo("2");
    }

    @Test
    void aCopyOrAnOlderStateOfTheDatabaseDestroysNothingUntilAPersonSaysGo() {
        started();
        String before = state();
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
        started();
        restore(before);

        List<CleanupReport> report = clean(false);

        assertThat(report).contains(Findings.fenced("local", FenceLook.USED));
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
        started();
        String before = state();
        upload("path");
        started();
        restore(before);

        CleanupOrder order = CleanupOrder.dryRun(Set.of("local"));
        Compared end =
                compared(job(local, Duration.ZERO).run(order).collectList().block(LIMIT));

        assertThat(end.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(end.reason()).isEqualTo(FenceLook.USED);
        assertThat(end.lookedUp()).isEqualTo(1);
    }

    @Test
    void theOneThatWasNotTakenIsKeptOutByGo() {
        started();
        String before = state();
        Fences production = started();
        String productions = state();
        restore(before);

        fences().accept("local").block(LIMIT);

        assertIsOpen(started());
        restore(productions);
        look(production);
        assertIsForeign(production);
    }

    /** A gateway that has just started. */
    private Fences started() {
        Fences fences = fences();
        start(fences);
        return fences;
    }

    private static void start(Fences fences) {
        fences.turn(true).block(LIMIT);
    }

    private static void stop(Fences fences) {
        fences.turn(true).block(LIMIT);
    }

    private static void look(Fences fences) {
        fences.turn(false).block(LIMIT);
    }

    /** As many as leave no doubt. */
    private static void looks(Fences fences) {
        Flux.range(0, Verdict.LOOKS).concatMap(n -> fences.turn(false)).blockLast(LIMIT);
    }

    private void aMinutePasses() {
        metadata.run("UPDATE storage_private.fences SET advanced_at = now() - interval '61 seconds'");
    }

    private Fences killedBeforeItMarks() {
        return fences(
                instance,
                new StorageBackends(
                        Map.of("local", new ForwardingVolume(local, local) {
                            @Override
                            public Mono<Void> mark(UUID token) {
                                return Mono.error(new IllegalStateException("killed"));
                            }
                        }),
                        "local"));
    }

    private void killedAfterItHasMarked() {
        UUID token = UUID.randomUUID();
        metadata.fences(instance, DEAD_AFTER)
                .next("local", token(), token, Duration.ZERO, true)
                .blockOptional(LIMIT)
                .orElseThrow();
        local.mark(token).block(LIMIT);
    }

    /** A token whose writer is stopped before the volume has it. */
    private UUID unwritten() {
        UUID token = UUID.randomUUID();
        metadata.fences(instance, DEAD_AFTER)
                .next("local", token(), token, Duration.ZERO, true)
                .blockOptional(LIMIT)
                .orElseThrow();
        return token;
    }

    private StorageBackends copied() throws IOException {
        return new StorageBackends(Map.of("local", copyOfTheVolume()), "local");
    }

    private UUID token() {
        return token(backends);
    }

    private static UUID token(StorageBackends of) {
        return of.get("local")
                .ability(OwnedVolume.class)
                .orElseThrow()
                .sign()
                .blockOptional(LIMIT)
                .orElseThrow()
                .token();
    }

    private UUID current() {
        return UUID.fromString(metadata.value("SELECT t.token FROM storage_private.fences f"
                + " JOIN storage_private.fence_tokens t ON t.backend = f.backend AND t.turn = f.current"));
    }

    /** All that the database knows of tokens. */
    private String state() {
        return metadata.value("SELECT json_build_object("
                + "'fences', (SELECT coalesce(json_agg(f), '[]') FROM storage_private.fences f),"
                + "'tokens', (SELECT coalesce(json_agg(t), '[]') FROM storage_private.fence_tokens t))");
    }

    private void restore(String state) {
        metadata.run("""
                DELETE FROM storage_private.fences;
                INSERT INTO storage_private.fences
                  SELECT * FROM json_populate_recordset(NULL::storage_private.fences, '%1$s'::json -> 'fences');
                INSERT INTO storage_private.fence_tokens
                  SELECT * FROM json_populate_recordset(NULL::storage_private.fence_tokens, '%1$s'::json -> 'tokens')
                """.formatted(state));
    }

    private static Optional<String> closed(Fences fences) {
        return fences.closed("local").blockOptional(LIMIT).orElseThrow();
    }

    private void assertIsOpen(Fences fences) {
        assertThat(closed(fences)).isEmpty();
        assertThat(fences.objection("local")).isEmpty();
        assertThatCode(() -> fences.admitUpload("local")).doesNotThrowAnyException();
    }

    private void assertIsForeign(Fences fences) {
        assertThat(closed(fences)).contains(FenceLook.USED);
        assertThatThrownBy(() -> fences.admitUpload("local")).isInstanceOf(StorageError.class);
        assertThat(fences.objection("local"))
                .hasValueSatisfying(said -> assertThat(said).startsWith(FenceLook.USED));
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
