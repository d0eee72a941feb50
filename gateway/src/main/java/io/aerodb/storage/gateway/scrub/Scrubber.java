package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.cleanup.VolumeGuard;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.ScrubRepository;
import io.aerodb.storage.metadata.ScrubRepository.Claim;
import io.aerodb.storage.metadata.ScrubRepository.ExpectedBlob;
import io.aerodb.storage.metadata.ScrubRepository.Find;
import io.aerodb.storage.metadata.ScrubRepository.Page;
import io.aerodb.storage.metadata.ScrubRepository.Progress;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads what should be in one backend, blob by blob, and notes in the ledger what it finds. A pass goes through the ledger page by
 * page and may be broken off anywhere: whoever claims it next goes on behind the last page that was done.
 */
final class Scrubber {

    private static final Logger log = LoggerFactory.getLogger(Scrubber.class);
    /** Of a large blob in a pass. */
    private static final int MOST_TRIES = 3;

    private final String name;
    private final StorageBackend backend;
    private final ScrubRepository scrubs;
    private final VolumeGuard guard;
    private final Verifier verifier;
    private final ScrubMeters meters;
    private final Pace pace;
    private final Duration interval;
    private final Duration recheck;
    private final Duration look;
    private final long pageBytes;

    /**
     * @param interval from the beginning of one pass to that of the next
     * @param recheck from the beginning of one round through those that are known to be damaged to that of the next
     * @param look from one look whether it is time for such a round to the next
     * @param pageBytes that are read again after a kill, at most; of a larger blob, all
     */
    Scrubber(
            String name,
            StorageBackend backend,
            ScrubRepository scrubs,
            VolumeGuard guard,
            Verifier verifier,
            ScrubMeters meters,
            Pace pace,
            Duration interval,
            Duration recheck,
            Duration look,
            long pageBytes) {
        this.name = name;
        this.backend = backend;
        this.scrubs = scrubs;
        this.guard = guard;
        this.verifier = verifier;
        this.meters = meters;
        this.pace = pace;
        this.interval = interval;
        this.recheck = recheck;
        this.look = look;
        this.pageBytes = pageBytes;
    }

    /** Does what is due, unless another gateway does. Never fails; what is in the way now is tried the next time. */
    Mono<Void> run(StopSignal stop) {
        return guard.check(backend)
                .then(Mono.usingWhen(
                        scrubs.claim(name, interval, recheck),
                        claim -> scrubbed(claim).takeUntilOther(stop.told()),
                        this::released))
                .onErrorResume(this::interrupted);
    }

    /** While a pass goes on, however long, those that are known to be damaged are read again whenever it is time. */
    private Mono<Void> scrubbed(Claim claim) {
        StopSignal passed = new StopSignal();
        return claim.held()
                ? Mono.when(passed(claim).doFinally(end -> passed.tell()), repeated(rechecked(), passed))
                : Mono.empty();
    }

    private Mono<Void> repeated(Mono<Void> work, StopSignal stop) {
        return work.then(Mono.delay(look).takeUntilOther(stop.told()))
                .repeat(() -> !stop.isTold())
                .then();
    }

    private Mono<Void> released(Claim claim) {
        return claim.held() ? scrubs.release(name) : Mono.empty();
    }

    private Mono<Void> interrupted(Throwable failure) {
        log.warn("event=scrub_interrupted backend={} reason={}", name, LogText.value(failure.toString()));
        return Mono.empty();
    }

    private Mono<Void> rechecked() {
        return recheckedPage()
                .expand(page -> page.next() == null ? Mono.empty() : recheckedPage())
                .then();
    }

    /** What takes longer than until the next round is left to the pass, so that others which were restored do not wait for it. */
    private Mono<Page> recheckedPage() {
        return scrubs.marked(name, recheck).flatMap(page -> found(read(page).take(recheck))
                .flatMap(finds -> scrubs.verified(page, finds.verified()))
                .thenReturn(page));
    }

    private Mono<Void> passed(Claim claim) {
        String after = claim.after();
        Instant began = claim.began();
        return after == null || began == null
                ? Mono.empty()
                : step(began, after).expand(page -> following(began, page)).then();
    }

    private Mono<Page> following(Instant began, Page page) {
        String next = page.next();
        return next == null ? Mono.empty() : step(began, next);
    }

    /** Empty when another gateway has taken over. */
    private Mono<Page> step(Instant began, String after) {
        return scrubs.page(name, began, after, pageBytes).flatMap(page -> found(page)
                .flatMap(finds -> scrubs.done(name, page, finds.verified(), finds.bytes(), finds.damaged()))
                .filter(Progress::held)
                .doOnNext(progress -> tell(page, progress))
                .map(progress -> page));
    }

    private Mono<Finds> found(Page page) {
        return page.blobs().stream().anyMatch(blob -> blob.size() > pageBytes)
                ? scrubs.attempt(name).flatMap(tries -> found(tries <= MOST_TRIES ? read(page) : passedOver(page)))
                : found(read(page));
    }

    private static Mono<Finds> found(Flux<Result> results) {
        return results.collect(Finds::new, (finds, result) -> finds.add(result.blob(), result.outcome()));
    }

    private Flux<Result> read(Page page) {
        return Flux.fromIterable(page.blobs()).concatMap(this::read, 1);
    }

    /** What takes longer than gateways live keeps nobody from the others. */
    private Flux<Result> passedOver(Page page) {
        return Flux.fromIterable(page.blobs())
                .map(blob -> new Result(blob, Outcome.UNREADABLE))
                .doOnNext(result -> log.warn(
                        "event=blob_unreadable backend={} key={} reason=\"begun {} times and never ended\"",
                        name,
                        result.blob().key(),
                        MOST_TRIES))
                .doOnNext(this::count);
    }

    /** Empty when nobody refers to the blob any more. */
    private Mono<Result> read(ExpectedBlob blob) {
        return verifier.verify(backend, blob, pace)
                .flatMap(outcome -> outcome.isDamage() ? damaged(blob, outcome) : Mono.just(new Result(blob, outcome)))
                .doOnNext(this::count);
    }

    private Mono<Result> damaged(ExpectedBlob blob, Outcome outcome) {
        return scrubs.damaged(blob.key())
                .filter(find -> find != Find.GONE)
                .doOnNext(find -> {
                    if (find == Find.NEWS) {
                        tell(blob, outcome);
                    }
                })
                .map(find -> new Result(blob, outcome));
    }

    private void count(Result result) {
        meters.read(name, result.outcome());
        if (result.outcome() == Outcome.VERIFIED) {
            meters.verified(name, result.blob().size());
        }
    }

    private void tell(ExpectedBlob blob, Outcome outcome) {
        log.warn("event=blob_damaged backend={} key={} reason={}", name, blob.key(), outcome.word());
    }

    private void tell(Page page, Progress progress) {
        if (page.next() == null) {
            log.info(
                    "event=scrub_done backend={} files={} bytes={} damaged={}",
                    name,
                    progress.files(),
                    progress.bytes(),
                    progress.damaged());
        }
    }

    private record Result(ExpectedBlob blob, Outcome outcome) {}
}
