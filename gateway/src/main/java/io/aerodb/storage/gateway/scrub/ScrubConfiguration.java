package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.cleanup.VolumeGuard;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.jobs.JobRunner;
import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.gateway.wiring.ScrubSettings;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.ScrubRepository;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class ScrubConfiguration {

    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final Duration RECHECK = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** What a small blob costs a disk beside its bytes. */
    private static final long LEAST = 64 * 1024;

    private static final long MOST_PAGE = 256L * 1024 * 1024;
    private static final long PAGE_SECONDS = 30;

    private static final int MOST_QUEUED = 10_000;

    /** One thread, while there is something to hash: a scrub is in no hurry. */
    @Bean(destroyMethod = "dispose")
    Scheduler scrubScheduler() {
        return Schedulers.newBoundedElastic(1, MOST_QUEUED, "scrub", 60, true);
    }

    @Bean
    JobRunner scrubRunner(
            ScrubRepository scrubs,
            StorageBackends backends,
            VolumeGuard guard,
            Scheduler scrubScheduler,
            MeterRegistry registry,
            StorageSettings settings) {
        ScrubSettings scrub = settings.scrub();
        Duration look = shorter(LOOK, scrub.interval());
        ScrubMeters meters = new ScrubMeters(registry, backends.names());
        Verifier verifier = new Verifier(guard, scrubScheduler, PATIENCE);
        Map<String, Scrubber> scrubbers = backends.names().stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        name -> new Scrubber(
                                name,
                                backends.get(name),
                                scrubs,
                                guard,
                                verifier,
                                meters,
                                new Pace(scrub.maxBytesPerSecond().toBytes(), LEAST),
                                scrub.interval(),
                                shorter(RECHECK, scrub.interval()),
                                look,
                                pageBytes(scrub.maxBytesPerSecond().toBytes()))));
        ScrubJob job = new ScrubJob(scrubbers, scrubs, meters, look);
        return new JobRunner("scrub", job::run, look, look, scrub.enabled());
    }

    @Bean
    RouterFunction<ServerResponse> scrubRoutes(ScrubRepository scrubs) {
        CorruptHandler handler = new CorruptHandler(scrubs);
        return RouterFunctions.route()
                .GET(StorageApi.BASE + "/admin/corrupt", handler::list)
                .withAttribute(Operation.ATTRIBUTE, Operation.LIST_CORRUPT)
                .build();
    }

    private static long pageBytes(long bytesPerSecond) {
        return bytesPerSecond == 0 ? MOST_PAGE : Math.min(MOST_PAGE, bytesPerSecond * PAGE_SECONDS);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
