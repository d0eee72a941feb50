package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.RangedListing;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.UnfinishedWrites;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Orphan;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.Looks.Look;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.aerodb.storage.metadata.OrphanRepository.LedgerPage;
import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks for what of the ledger is not in a backend, and for what of the backend is not in the ledger. Page by page: memory does
 * not grow with the number of files. Whatever looks wrong is looked at once more by itself, because files come and go meanwhile.
 */
final class Comparison {

    private static final Logger log = LoggerFactory.getLogger(Comparison.class);
    /** Of one comparison; its report names all that they would. */
    private static final int WARNINGS = 10;
    /** Fewer are looked for one by one. */
    private static final int WORTH_A_LISTING = 20;

    private final OrphanRepository orphans;
    private final Place place;
    private final UUID run;
    private final Predicate<Kind> noting;
    private final Mono<Void> held;
    private final Findings found;
    private final AtomicInteger warnings = new AtomicInteger();

    /**
     * A backend, and how it is looked at.
     *
     * @param grace files that are younger are not unknown yet
     * @param concurrency files that are looked at at once
     */
    record Place(String name, StorageBackend backend, Duration grace, int concurrency) {}

    /**
     * @param noting whether the database remembers what is found
     * @param held before each page; fails when the run must not go on
     */
    Comparison(
            OrphanRepository orphans, Place place, UUID run, Predicate<Kind> noting, Mono<Void> held, Findings found) {
        this.held = held;
        this.orphans = orphans;
        this.place = place;
        this.run = run;
        this.noting = noting;
        this.found = found;
    }

    Flux<CleanupReport> missing() {
        return orphans.ledger(place.name(), "").expand(this::following).concatMap(this::missing, 1);
    }

    Flux<CleanupReport> unknown() {
        return listed(Flux.defer(place.backend()::list), Orphan.Kind.UNKNOWN);
    }

    Flux<CleanupReport> unfinished() {
        return listed(
                Mono.justOrEmpty(place.backend().ability(UnfinishedWrites.class))
                        .flatMapMany(UnfinishedWrites::unfinished),
                Orphan.Kind.UNFINISHED);
    }

    /** What could not be listed is told at the end. */
    private Flux<CleanupReport> listed(Flux<BlobStat> files, Orphan.Kind kind) {
        return Flux.defer(() -> {
            List<CleanupReport> failures = new ArrayList<>();
            return files.onErrorResume(BackendException.Failed.class, failure -> notListed(failure, failures))
                    .buffer(GarbageRepository.PAGE)
                    .concatMap(page -> unknown(page, kind), 1)
                    .concatWith(Flux.fromIterable(failures));
        });
    }

    private Flux<BlobStat> notListed(BackendException failure, List<CleanupReport> failures) {
        log.warn("event=files_not_listed backend={} reason={}", place.name(), LogText.value(failure.toString()));
        failures.add(new Failed("list", place.name(), String.valueOf(failure.getMessage())));
        return Flux.empty();
    }

    private Mono<LedgerPage> following(LedgerPage page) {
        String next = page.next();
        return next == null ? Mono.empty() : orphans.ledger(place.name(), next);
    }

    private Flux<CleanupReport> missing(LedgerPage page) {
        found.lookedUp.addAndGet(page.blobs().size());
        return held.then(absent(page.blobs())).flatMapMany(looks -> missing(page, looks));
    }

    private Flux<CleanupReport> missing(LedgerPage page, Looks looks) {
        return stillWanted(looks.gone())
                .flatMap(gone -> noted(Kind.MISSING, gone))
                .flatMapMany(gone -> Flux.concat(
                        told(Orphan.Kind.UNREADABLE, looks.unreadable()),
                        told(Orphan.Kind.MISSING, gone),
                        told(Step.LOOKED_UP, page.blobs())));
    }

    /** Those of these that have no file. */
    private Mono<Looks> absent(List<SizedKey> blobs) {
        return neighbours(blobs)
                .map(present -> blobs.stream()
                        .filter(blob -> !present.contains(blob.key()))
                        .toList())
                .flatMap(this::looked);
    }

    /** Looks for each of these by itself. */
    Mono<Looks> looked(List<SizedKey> blobs) {
        return Flux.fromIterable(blobs)
                .flatMap(this::looked, place.concurrency())
                .collect(Looks::new, Looks::add);
    }

    /** Those of these keys whose files are there for sure, found by few calls; none where that is not worth it. */
    Mono<Set<String>> neighbours(List<SizedKey> blobs) {
        Set<String> wanted = blobs.stream().map(SizedKey::key).collect(Collectors.toSet());
        return Mono.justOrEmpty(place.backend().ability(RangedListing.class))
                .filter(listing -> blobs.size() >= WORTH_A_LISTING)
                .flatMapMany(listing -> listing.list(
                        new BlobKey(blobs.get(0).key()),
                        new BlobKey(blobs.get(blobs.size() - 1).key())))
                .map(file -> file.key().value())
                .filter(wanted::contains)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Only what is missing for sure is. Fails when the backend does not answer: then it would not for the others. */
    private Mono<Look> looked(SizedKey file) {
        return place.backend()
                .stat(new BlobKey(file.key()))
                .map(there -> new Look(file, Looks.State.THERE))
                .onErrorResume(BackendException.Displaced.class, foreign -> Mono.just(unreadable(file, foreign)))
                .onErrorResume(BackendException.Failed.class, untold -> Mono.just(unreadable(file, untold)))
                .onErrorResume(BackendException.NotFound.class, absent -> Mono.just(new Look(file, Looks.State.GONE)));
    }

    private Look unreadable(SizedKey file, BackendException failure) {
        if (warnings.incrementAndGet() <= WARNINGS) {
            log.warn(
                    "event=blob_unreadable backend={} key={} reason={}",
                    place.name(),
                    file.key(),
                    LogText.value(failure.toString()));
        }
        return new Look(file, Looks.State.UNREADABLE);
    }

    private Mono<List<SizedKey>> stillWanted(List<SizedKey> gone) {
        return gone.isEmpty()
                ? Mono.just(gone)
                : orphans.missing(place.name(), keys(gone)).map(missing -> named(gone, missing));
    }

    private Flux<CleanupReport> unknown(List<BlobStat> page, Orphan.Kind kind) {
        Instant before = Instant.now().minus(place.grace());
        List<SizedKey> old = page.stream()
                .filter(file -> !file.lastModified().isAfter(before))
                .map(Comparison::sized)
                .toList();
        List<SizedKey> all = page.stream().map(Comparison::sized).toList();
        if (kind == Orphan.Kind.UNKNOWN) {
            found.listed.addAndGet(page.size());
        }
        return held.then(strange(old, kind))
                .flatMap(strange -> noted(Kind.UNKNOWN, strange))
                .flatMapMany(strange -> Flux.concat(told(kind, strange), told(Step.LISTED, all)));
    }

    /** Those of these files that the ledger does not know, and that are still there. */
    private Mono<List<SizedKey>> strange(List<SizedKey> files, Orphan.Kind kind) {
        return files.isEmpty()
                ? Mono.just(files)
                : orphans.unknown(keys(files))
                        .flatMap(unknown -> kind == Orphan.Kind.UNKNOWN
                                ? looked(named(files, unknown)).map(Looks::there)
                                : Mono.just(named(files, unknown)));
    }

    private Mono<List<SizedKey>> noted(Kind kind, List<SizedKey> what) {
        return !what.isEmpty() && noting.test(kind)
                ? orphans.note(place.name(), run, kind, what).thenReturn(what)
                : Mono.just(what);
    }

    private Flux<CleanupReport> told(Orphan.Kind kind, List<SizedKey> what) {
        (switch (kind) {
                    case UNKNOWN -> found.unknown;
                    case UNFINISHED -> found.unfinished;
                    case MISSING -> found.missing;
                    case UNREADABLE -> found.unreadable;
                })
                .addAndGet(what.size());
        return Flux.fromIterable(what).map(orphan -> new Orphan(kind, place.name(), orphan.key(), orphan.size()));
    }

    private Mono<CleanupReport> told(Step step, List<SizedKey> page) {
        long bytes = page.stream().mapToLong(SizedKey::size).sum();
        return Mono.just(new Progress(step, place.name(), page.size(), bytes));
    }

    private static SizedKey sized(BlobStat file) {
        return new SizedKey(file.key().value(), file.size());
    }

    private static List<String> keys(List<SizedKey> of) {
        return of.stream().map(SizedKey::key).toList();
    }

    private static List<SizedKey> named(List<SizedKey> all, List<String> keys) {
        Map<String, SizedKey> byKey =
                all.stream().collect(Collectors.toMap(SizedKey::key, Function.identity(), (one, other) -> one));
        return keys.stream().map(byKey::get).toList();
    }
}
