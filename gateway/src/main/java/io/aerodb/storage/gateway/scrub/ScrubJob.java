package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.ScrubRepository;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Scrubs all backends at once, so that one that takes long keeps nobody from the others, and tells how many objects are damaged. */
final class ScrubJob {

    private static final Logger log = LoggerFactory.getLogger(ScrubJob.class);

    private final Map<String, Scrubber> scrubbers;
    private final ScrubRepository scrubs;
    private final ScrubMeters meters;
    private final Duration pause;

    /**
     * @param scrubbers by the names of their backends
     * @param pause from one look for something to do to the next
     */
    ScrubJob(Map<String, Scrubber> scrubbers, ScrubRepository scrubs, ScrubMeters meters, Duration pause) {
        this.scrubbers = scrubbers;
        this.scrubs = scrubs;
        this.meters = meters;
        this.pause = pause;
    }

    /** Does not end before it is told to, and never fails. */
    Mono<Void> run(StopSignal stop) {
        return Flux.fromIterable(scrubbers.values())
                .map(scrubber -> scrubber.run(stop))
                .startWith(counted())
                .flatMap(work -> again(work, stop), scrubbers.size() + 1)
                .then();
    }

    private Mono<Void> again(Mono<Void> work, StopSignal stop) {
        return work.then(Mono.delay(pause).takeUntilOther(stop.told()))
                .repeat(() -> !stop.isTold())
                .then();
    }

    private Mono<Void> counted() {
        Set<String> backends = scrubbers.keySet();
        return scrubs.count()
                .doOnNext(objects -> meters.corrupt(backends, objects))
                .then()
                .onErrorResume(ScrubJob::notCounted);
    }

    private static Mono<Void> notCounted(Throwable failure) {
        log.warn("event=corrupt_objects_not_counted reason={}", LogText.value(failure.toString()));
        return Mono.empty();
    }
}
