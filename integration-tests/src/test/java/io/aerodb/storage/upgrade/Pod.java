package io.aerodb.storage.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Balancer;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway that comes and goes as the chart's Pods do, in shorter times. */
final class Pod {

    /** The chart's 10 s. */
    private static final Duration PRE_STOP = Duration.ofMillis(1000);
    /** Until all nodes know that it gets no new connections, which Kubernetes promises nobody. Less than the former, one hopes. */
    static final Duration SPREADING = Duration.ofMillis(400);
    /** The chart's 30 s. */
    static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(8);
    /** The chart's formula. */
    private static final Duration GRACE =
            PRE_STOP.plus(SHUTDOWN_TIMEOUT.multipliedBy(2)).plusSeconds(30);

    private static final int SIGTERM = 143;
    private static final String READINESS = "/actuator/health/readiness";

    private final Gateway gateway;
    private final Balancer service;
    private volatile Instant terminated = Instant.MAX;

    private Pod(Gateway gateway, Balancer service) {
        this.gateway = gateway;
        this.service = service;
    }

    /** Runs, and gets connections. */
    static Pod started(Launch launch, Balancer service) {
        Pod pod = new Pod(launch.start(), service);
        service.add(pod.gateway);
        await("connections").atMost(Duration.ofSeconds(30)).until(() -> service.serves(pod.gateway));
        return pod;
    }

    Gateway gateway() {
        return gateway;
    }

    /** {@code kubectl delete pod}: at once out of the Service, SIGTERM after preStop, and an end within the grace time. */
    void delete() throws InterruptedException {
        Instant begun = Instant.now();
        service.remove(gateway);
        assertThat(gateway.awaitEnd(PRE_STOP.toMillis(), TimeUnit.MILLISECONDS))
                .as("an end before SIGTERM")
                .isFalse();
        terminated = Instant.now();
        gateway.terminate();
        await("readiness off").atMost(Duration.ofSeconds(5)).until(() -> !ready());
        Duration left = GRACE.minus(Duration.between(begun, Instant.now()));
        if (!gateway.awaitEnd(left.toMillis(), TimeUnit.MILLISECONDS)) {
            gateway.kill();
            throw new AssertionError("killed after the grace time:\n" + gateway.output());
        }
        assertThat(gateway.exitCode()).as("exit code after SIGTERM").isEqualTo(SIGTERM);
        assertThat(Duration.between(terminated, Instant.now()))
                .as("a stop that waits for transfers, but not for subscribers and idle connections")
                .isLessThan(SHUTDOWN_TIMEOUT);
    }

    /** Everything that it had to complain about, but that it was not ready when it had just started or was to go. */
    List<String> complaints() {
        return gateway.output()
                .lines()
                .filter(line ->
                        !line.startsWith("{") || isComplaint(JsonMapper.shared().readTree(line)))
                .toList();
    }

    private static boolean isComplaint(JsonNode line) {
        return !line.path("level").asString("").equals("INFO")
                && !line.path("url.path").asString("").equals(READINESS);
    }

    /** Objects that it had sent or stored whole, below this folder, by operations that began before SIGTERM and ended after it. */
    List<String> endedInShutdown(String operation, String folder) {
        return gateway.output()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(JsonMapper.shared()::readTree)
                .filter(line -> operation.equals(line.path("operation").asString("")) && spansSigterm(line))
                .map(line -> line.path("path").asString(""))
                .filter(path -> path.startsWith(folder))
                .toList();
    }

    private boolean spansSigterm(JsonNode line) {
        Instant ended = Instant.parse(line.path("@timestamp").asString());
        Instant began = ended.minusMillis(line.path("duration_ms").asLong());
        return line.path("status").asInt() == 200 && began.isBefore(terminated) && ended.isAfter(terminated);
    }

    private boolean ready() {
        try {
            return gateway.anonymously()
                            .exchange("GET", gateway.management().resolve(READINESS), BodyPublishers.noBody())
                            .status()
                    == 200;
        } catch (UncheckedIOException gone) {
            return false;
        }
    }
}
