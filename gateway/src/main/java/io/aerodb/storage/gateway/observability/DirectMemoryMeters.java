package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.util.internal.PlatformDependent;

/** The memory of Netty's buffers, which is outside of the heap, and most of it not in what the JVM counts. */
record DirectMemoryMeters() implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("storage.direct.memory.used", PlatformDependent::usedDirectMemory)
                .description("Bytes that Netty has taken outside of the heap")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("storage.direct.memory.max", PlatformDependent::maxDirectMemory)
                .description("Bytes that Netty may take outside of the heap")
                .baseUnit("bytes")
                .register(registry);
    }
}
