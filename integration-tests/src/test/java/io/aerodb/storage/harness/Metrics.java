package io.aerodb.storage.harness;

import java.net.http.HttpRequest.BodyPublishers;

/** The numbers that a gateway shows to Prometheus. */
public final class Metrics {

    private final Gateway gateway;

    public Metrics(Gateway gateway) {
        this.gateway = gateway;
    }

    /** The sum of all series that begin so: {@code storage_backend_latency_seconds_count{…operation="read"}}. */
    public double sum(String name, String label) {
        return gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/prometheus"), BodyPublishers.noBody())
                .expect(200)
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** The value of what has no labels; -1 when there is no such thing. */
    public double value(String name) {
        return gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/prometheus"), BodyPublishers.noBody())
                .expect(200)
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }

    /** How often bytes of a blob were read by the gateway itself, not sent by the system from the file. */
    public double reads() {
        return sum("storage_backend_latency_seconds_count", "operation=\"read\"");
    }
}
