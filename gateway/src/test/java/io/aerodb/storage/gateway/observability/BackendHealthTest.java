package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class BackendHealthTest {

    private static final Duration LIMIT = Duration.ofMillis(300);

    private final Map<String, StorageBackend> backends = Map.of(
            "fine", new MemoryStorageBackend(),
            "silent", new Checked(Mono.never()),
            "mute", new Checked(Mono.never()),
            "full", new Checked(Mono.error(new BackendException.InsufficientStorage("no room", null))),
            "broken", new Checked(Mono.error(new BackendException.Unavailable("the volume is gone", null))));

    @Test
    void backendsThatFailAreNamedAndTheDefaultOneDecides() {
        Health health = healthWith("fine");

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails().get("backends"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsEntry("fine", "up")
                .containsEntry("full", "full: no room")
                .containsEntry("broken", "down: the volume is gone")
                .containsEntry("silent", "down: no answer in 300 ms");
        assertThat(healthWith("full").getStatus()).isEqualTo(Status.UP);
        assertThat(healthWith("broken").getStatus()).isEqualTo(Status.DOWN);
        assertThat(healthWith("silent").getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void theyAreAskedAtOnce() {
        long start = System.nanoTime();
        healthWith("fine");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT.multipliedBy(2));
    }

    private Health healthWith(String standard) {
        return new BackendHealth(new StorageBackends(backends, standard), LIMIT, name -> Optional.empty())
                .health()
                .block(Duration.ofSeconds(10));
    }

    /** Does nothing but answer a check. */
    private record Checked(Mono<Void> answer) implements StorageBackend {
        @Override
        public Mono<Void> check() {
            return answer;
        }

        @Override
        public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
            return content.then(Mono.empty());
        }

        @Override
        public BlobContent read(BlobKey key, ByteRange range) {
            throw new BackendException.NotFound(key);
        }

        @Override
        public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
            return Mono.error(new BackendException.NotFound(key));
        }

        @Override
        public Mono<Void> delete(BlobKey key) {
            return Mono.empty();
        }

        @Override
        public Mono<BlobStat> stat(BlobKey key) {
            return Mono.error(new BackendException.NotFound(key));
        }

        @Override
        public Flux<BlobStat> list() {
            return Flux.empty();
        }
    }
}
