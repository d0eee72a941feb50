package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The uploads of one bucket, or its downloads. All series are there from the first one on, so that rates miss nothing. */
final class BucketMeters {

    private final Map<Outcome, Counter> ended = new EnumMap<>(Outcome.class);
    private final Counter bytes;

    /**
     * @param kind {@code upload} or {@code download}
     * @param bucket the label
     */
    BucketMeters(String kind, String bucket, MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            ended.put(outcome, ended(kind, bucket, outcome, registry));
        }
        this.bytes = Counter.builder("storage.%s.bytes".formatted(kind))
                .description("Bytes of files in each %s, whole or not".formatted(kind))
                .tag("bucket", bucket)
                .register(registry);
    }

    void ended(Outcome outcome) {
        Objects.requireNonNull(ended.get(outcome)).increment();
    }

    void bytes(long more) {
        bytes.increment(more);
    }

    private static Counter ended(String kind, String bucket, Outcome outcome, MeterRegistry registry) {
        return Counter.builder("storage." + kind)
                .description("Each %s that has ended".formatted(kind))
                .tags("bucket", bucket, "status", outcome.word())
                .register(registry);
    }
}
