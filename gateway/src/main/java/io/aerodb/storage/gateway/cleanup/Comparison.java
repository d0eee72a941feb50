package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.RangedListing;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.UnfinishedWrites;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Orphan;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.aerodb.storage.metadata.OrphanRepository.LedgerPage;
import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks for what of the ledger is not in a backend, and for what of the backend is not in the ledger. Page by page: memory does
 * not grow with the number of files. Whatever looks wrong is looked at once more by itself, because files come and go meanwhile.
 */
final class Comparison {

    /** Fewer are looked for one by one. */
    private static final int WORTH_A_LISTING = 20;

    private final OrphanRepository orphans;
    private final Place place;
    private final UUID run;
    private final Predicate<Kind> noting;
    private final Mono<Void> held;
    private final Findings found;

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
        return Flux.defer(place.backend()::list)
                .buffer(GarbageRepository.PAGE)
                .concatMap(page -> unknown(page, Orphan.Kind.UNKNOWN), 1);
    }

    Flux<CleanupReport> unfinished() {
        return Mono.justOrEmpty(place.backend().ability(UnfinishedWrites.class))
                .flatMapMany(UnfinishedWrites::unfinished)
                .buffer(GarbageRepository.PAGE)
                .concatMap(page -> unknown(page, Orphan.Kind.UNFINISHED), 1);
    }

    private Mono<LedgerPage> following(LedgerPage page) {
        String next = page.next();
        return next == null ? Mono.empty() : orphans.ledger(place.name(), next);
    }

    private Flux<CleanupReport> missing(LedgerPage page) {
        found.lookedUp.addAndGet(page.blobs().size());
        return held.then(absent(page.blobs()))
                .flatMap(this::stillWanted)
                .flatMap(gone -> noted(Kind.MISSING, gone))
                .flatMapMany(gone -> told(Step.LOOKED_UP, page.blobs(), Orphan.Kind.MISSING, gone));
    }

    /** Those of these that have no file. */
    private Mono<List<SizedKey>> absent(List<SizedKey> blobs) {
        return neighbours(blobs)
                .map(present -> blobs.stream()
                        .filter(blob -> !present.contains(blob.key()))
                        .toList())
                .flatMap(this::gone);
    }

    /** Those of these that have no file, each looked for by itself. */
    Mono<List<SizedKey>> gone(List<SizedKey> blobs) {
        return Flux.fromIterable(blobs)
                .flatMap(this::ifAbsent, place.concurrency())
                .collectList();
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

    private Mono<SizedKey> ifAbsent(SizedKey blob) {
        return place.backend()
                .stat(new BlobKey(blob.key()))
                .flatMap(there -> Mono.<SizedKey>empty())
                .onErrorResume(BackendException.NotFound.class, absent -> Mono.just(blob));
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
                .flatMapMany(strange -> told(Step.LISTED, all, kind, strange));
    }

    /** Those of these files that the ledger does not know, and that are still there. */
    private Mono<List<SizedKey>> strange(List<SizedKey> files, Orphan.Kind kind) {
        return files.isEmpty()
                ? Mono.just(files)
                : orphans.unknown(keys(files))
                        .flatMapIterable(unknown -> named(files, unknown))
                        .flatMap(
                                file -> kind == Orphan.Kind.UNKNOWN ? ifThere(file) : Mono.just(file),
                                place.concurrency())
                        .collectList();
    }

    private Mono<SizedKey> ifThere(SizedKey file) {
        return place.backend()
                .stat(new BlobKey(file.key()))
                .thenReturn(file)
                .onErrorResume(BackendException.NotFound.class, absent -> Mono.empty());
    }

    private Mono<List<SizedKey>> noted(Kind kind, List<SizedKey> what) {
        return !what.isEmpty() && noting.test(kind)
                ? orphans.note(place.name(), run, kind, what).thenReturn(what)
                : Mono.just(what);
    }

    private Flux<CleanupReport> told(Step step, List<SizedKey> page, Orphan.Kind kind, List<SizedKey> what) {
        (switch (kind) {
                    case UNKNOWN -> found.unknown;
                    case UNFINISHED -> found.unfinished;
                    case MISSING -> found.missing;
                })
                .addAndGet(what.size());
        long bytes = page.stream().mapToLong(SizedKey::size).sum();
        return Flux.<CleanupReport>fromIterable(what.stream()
                        .map(orphan -> new Orphan(kind, place.name(), orphan.key(), orphan.size()))
                        .toList())
                .concatWith(Mono.just(new Progress(step, place.name(), page.size(), bytes)));
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
