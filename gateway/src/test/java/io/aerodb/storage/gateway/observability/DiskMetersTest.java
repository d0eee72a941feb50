package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.FileSystemSpace;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class DiskMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Mono<FileSystemSpace.Space> space = Mono.just(new FileSystemSpace.Space(10, 100));
    private final DiskMeters meters = new DiskMeters(
            new StorageBackends(Map.of("disk", new OnDisk(), "memory", new MemoryStorageBackend()), "disk"), registry);

    @Test
    void whatIsSeenOfADiskIsToldUntilTheNextLook() {
        assertThat(free()).isNaN();
        meters.look().block();
        assertThat(free()).isEqualTo(10);

        space = Mono.error(new IllegalStateException("unmounted"));
        assertThat(free()).isEqualTo(10);
        meters.look().block();
        assertThat(free()).isNaN();
    }

    @Test
    void aDiskThatHangsIsUnknownAndHoldsNobodyUp() {
        meters.look().block();
        space = Mono.never();
        StepVerifier.withVirtualTime(meters::look)
                .thenAwait(Duration.ofSeconds(5))
                .verifyComplete();
        assertThat(free()).isNaN();
    }

    @Test
    void backendsWithoutADiskHaveNoSeries() {
        assertThat(registry.find("storage.backend.disk.free").gauges())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getId().getTag("backend")).isEqualTo("disk"));
    }

    private double free() {
        return registry.get("storage.backend.disk.free").gauge().value();
    }

    private final class OnDisk extends ForwardingBackend {

        OnDisk() {
            super(new MemoryStorageBackend());
        }

        @Override
        public <A> Optional<A> ability(Class<A> type) {
            FileSystemSpace disk = () -> Mono.defer(() -> space);
            return type.isInstance(disk) ? Optional.of(type.cast(disk)) : Optional.empty();
        }
    }
}
