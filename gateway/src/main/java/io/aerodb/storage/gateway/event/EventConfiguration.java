package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.admission.Admission;
import io.aerodb.storage.gateway.auth.TokenVerifier;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.jobs.JobRunner;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.gateway.wiring.EventSettings;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.ChangeSignal;
import io.aerodb.storage.metadata.ConnectionPools;
import io.aerodb.storage.metadata.EventListener;
import io.aerodb.storage.metadata.EventLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
class EventConfiguration {

    private static final Logger log = LoggerFactory.getLogger(EventConfiguration.class);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final int EXPIRED_AT_ONCE = 5000;

    @Bean
    EventListener eventListener(ConnectionPools pools) {
        return new EventListener(
                pools.single("aerodb-storage-events"),
                failure -> log.warn("event=event_listener_lost reason={}", LogText.value(failure.toString())));
    }

    @Bean
    EventMeters eventMeters(EventListener listener, MeterRegistry registry, StorageSettings settings) {
        return new EventMeters(settings.events().pollInterval(), listener::isListening, registry);
    }

    @Bean
    EventRelay eventRelay(
            EventLog events,
            ChangeSignal changes,
            EventListener listener,
            EventMeters meters,
            StorageSettings settings) {
        EventSettings event = settings.events();
        return new EventRelay(
                events,
                changes,
                listener,
                new EventRing(event.buffer()),
                event.pollInterval(),
                event.heartbeat(),
                meters);
    }

    @Bean
    EventFeeds eventFeeds(EventLog events, EventRelay relay, EventMeters meters, StorageSettings settings) {
        EventSettings event = settings.events();
        return new EventFeeds(events, relay, new Visibility(events, event.maxSubscribers()), meters, event);
    }

    @Bean
    JobRunner eventExpiry(EventLog events, StorageSettings settings) {
        Duration retention = settings.events().retention();
        Duration look = retention.compareTo(LOOK) < 0 ? retention : LOOK;
        return new JobRunner("event-expiry", stop -> expired(events, retention, stop), look, look, true);
    }

    @Bean
    EventStreams eventStreams(EventFeeds feeds, EventMeters meters, StorageSettings settings) {
        return new EventStreams(
                feeds,
                meters,
                origins(settings),
                settings.auth().clockSkew(),
                settings.events().sendTimeout());
    }

    @Bean
    EventSockets eventSockets(
            EventFeeds feeds,
            EventRelay relay,
            EventMeters meters,
            Admission admission,
            TokenVerifier tokens,
            StorageSettings settings) {
        return new EventSockets(
                feeds,
                relay,
                meters,
                admission,
                tokens,
                origins(settings),
                settings.auth().clockSkew(),
                settings.events());
    }

    @Bean
    RouterFunction<ServerResponse> eventRoutes(EventStreams streams, EventSockets sockets, Admission admission) {
        return RouterFunctions.route()
                .GET(StorageApi.BASE + "/events", admission.subscriber(streams::stream))
                .withAttribute(Operation.ATTRIBUTE, Operation.SUBSCRIBE)
                .GET(StorageApi.BASE + "/events/ws", admission.subscriber(sockets::open))
                .withAttribute(Operation.ATTRIBUTE, Operation.SUBSCRIBE)
                .build();
    }

    private static Origins origins(StorageSettings settings) {
        return new Origins(settings.cors().allowedOrigins(), settings.publicUrl());
    }

    private static Mono<Void> expired(EventLog events, Duration retention, StopSignal stop) {
        return events.expire(retention, EXPIRED_AT_ONCE)
                .repeat(() -> !stop.isTold())
                .takeUntil(deleted -> deleted < EXPIRED_AT_ONCE)
                .then();
    }
}
