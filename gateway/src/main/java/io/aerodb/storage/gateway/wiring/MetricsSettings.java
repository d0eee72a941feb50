package io.aerodb.storage.gateway.wiring;

import org.springframework.boot.context.properties.bind.DefaultValue;

/** @param maxBuckets that metrics tell apart; all others are one */
public record MetricsSettings(@DefaultValue("100") int maxBuckets) {

    public MetricsSettings {
        Bounds.check("storage.metrics.max-buckets", maxBuckets, 0, 10_000);
    }
}
