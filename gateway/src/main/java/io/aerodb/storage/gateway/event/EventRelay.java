package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.ChangeSignal;
import io.aerodb.storage.metadata.EventListener;
import io.aerodb.storage.metadata.EventLog;
import io.aerodb.storage.metadata.EventLog.Kept;
import io.aerodb.storage.metadata.EventLog.Numbered;
import io.aerodb.storage.metadata.StorageEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Reads the log for all subscribers of this gateway. It looks after each change of this gateway, when another one has told of
 * new numbers, and from time to time, for what other programs changed; so a lost hint costs time and no event. Between two looks it
 * pauses, so that many changes are read at once.
 */
final class EventRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(EventRelay.class);
    private static final int MOST_NUMBERED = 5000;
    private static final int PAGE = 1000;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final EventLog events;
    private final ChangeSignal changes;
    private final EventListener listener;
    private final EventRing ring;
    private final Duration poll;
    private final Duration tick;
    private final EventMeters meters;
    private final AtomicBoolean unnumbered = new AtomicBoolean();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile Sinks.Empty<Void> turn = Sinks.empty();
    private volatile boolean stopping;
    private volatile Duration waited = Duration.ZERO;
    private volatile int generation;
    private volatile @Nullable Disposable work;

    /** @param heartbeat of the subscribers, who look at the time at each tick */
    EventRelay(
            EventLog events,
            ChangeSignal changes,
            EventListener listener,
            EventRing ring,
            Duration poll,
            Duration heartbeat,
            EventMeters meters) {
        this.events = events;
        this.changes = changes;
        this.listener = listener;
        this.ring = ring;
        this.poll = poll;
        this.tick = heartbeat.compareTo(TICK) < 0 ? heartbeat : TICK;
        this.meters = meters;
    }

    /** The number of the last event that can be read here. */
    long last() {
        return ring.last();
    }

    /** Another one when the log has become an older one, whose numbers are given a second time. */
    int generation() {
        return generation;
    }

    /** Events are read for somebody from now on. */
    void join() {
        readers.incrementAndGet();
    }

    /** For one less. */
    void leave() {
        readers.decrementAndGet();
    }

    /** Whether subscribers have to go. */
    boolean isStopping() {
        return stopping;
    }

    /** So many of the events behind a number, from memory or from the log. Fewer, but not none, of those that are there. */
    Mono<List<RelayedEvent>> after(long cursor, int most) {
        return ring.after(cursor, most).map(Mono::just).orElseGet(() -> events.after(cursor, most)
                .map(EventRelay::relayed));
    }

    /** Completes when there is more than what is up to this number, at each tick, and when subscribers have to go. */
    Mono<Void> turn(long cursor) {
        Mono<Void> next = turn.asMono();
        return last() > cursor || stopping ? Mono.empty() : next;
    }

    @Override
    public void start() {
        stopping = false;
        Flux<Boolean> changed = Flux.merge(
                        changes.changes(), Flux.interval(poll).map(time -> true))
                .doOnNext(unnumbered::set);
        Flux<Boolean> told = listener.hints().filter(number -> number > last()).map(number -> false);
        Mono<Void> looking = Flux.merge(Flux.just(true), changed, told)
                .onBackpressureLatest()
                .concatMap(hint -> look().then(Mono.delay(PAUSE)), 1)
                .then();
        Mono<Void> ticking = Flux.interval(tick)
                .onBackpressureDrop()
                .doOnNext(time -> turn())
                .then();
        work = Mono.when(looking, ticking).subscribe();
    }

    /** Tells the subscribers to go before the web server waits for them. */
    @Override
    public void stop() {
        stopping = true;
        turn();
        Disposable ending = work;
        work = null;
        if (ending != null) {
            ending.dispose();
        }
    }

    @Override
    public boolean isRunning() {
        return work != null;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    private Mono<Void> look() {
        Mono<Void> begun = last() == EventRing.NOTHING ? passOver() : Mono.empty();
        return begun.then(Mono.defer(this::numbered))
                .then(Mono.defer(() -> readers.get() == 0 ? passOver() : read()))
                .doOnSuccess(done -> succeeded())
                .onErrorResume(this::failed);
    }

    private Mono<Void> numbered() {
        return unnumbered.getAndSet(false)
                ? events.number(MOST_NUMBERED).doOnNext(this::numbered).then()
                : Mono.empty();
    }

    private void numbered(Numbered numbered) {
        waited = numbered.waited();
        compare(numbered.last());
        ring.forget(numbered.oldest());
        if (numbered.more()) {
            changes.run();
        }
    }

    private void compare(long given) {
        if (given < last()) { // the database is an older copy: its numbers are given again
            log.warn("event=events_of_an_older_log last={} known={}", given, last());
            ring.begin(given);
            generation = generation + 1; // only looks, one at a time, write it
            turn();
        }
    }

    /** What nobody waits for. Who joins meanwhile finds it in the log. */
    private Mono<Void> passOver() {
        return events.kept().doOnNext(this::passOver).then();
    }

    private void passOver(Kept kept) {
        compare(kept.last());
        ring.begin(kept.last());
        turn();
    }

    /** All pages that are there. */
    private Mono<Void> read() {
        return Mono.defer(() -> events.after(last(), PAGE))
                .doOnNext(this::add)
                .repeat()
                .takeUntil(page -> page.size() < PAGE)
                .then();
    }

    private void add(List<StorageEvent> page) {
        if (!page.isEmpty()) {
            ring.add(relayed(page));
            turn();
        }
    }

    private synchronized void turn() {
        Sinks.Empty<Void> over = turn;
        turn = Sinks.empty();
        over.tryEmitEmpty();
    }

    private void succeeded() {
        meters.numbered(waited);
        if (failing.compareAndSet(true, false)) {
            log.info("event=events_read_again last={}", last());
        }
    }

    private Mono<Void> failed(Throwable failure) {
        unnumbered.set(true);
        if (failing.compareAndSet(false, true)) {
            log.warn("event=events_not_read reason={}", LogText.value(failure.toString()));
        }
        return Mono.empty();
    }

    private static List<RelayedEvent> relayed(List<StorageEvent> page) {
        return page.stream().map(RelayedEvent::of).toList();
    }
}
