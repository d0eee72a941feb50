package io.aerodb.storage.gateway.auth;

import java.util.List;
import reactor.core.publisher.Mono;

/** Where verification keys come from. */
interface KeySource {

    /** What is known now, without waiting: the same set until the keys change. */
    KeySet current();

    /**
     * The newest set there is to have: asks the provider, unless somebody just did. Fails with a StorageError,
     * ServiceUnavailable, when the provider has never told its keys; when it fails later, its last good keys count.
     */
    Mono<KeySet> newest();

    /** Keeps the set fresh for as long as it is subscribed. Never ends. */
    Mono<Void> keptFresh();

    /** Keys that never change. */
    static KeySource fixed(List<VerificationKey> keys) {
        return new FixedKeys(new KeySet(keys));
    }

    record FixedKeys(KeySet current) implements KeySource {

        @Override
        public Mono<KeySet> newest() {
            return Mono.just(current);
        }

        @Override
        public Mono<Void> keptFresh() {
            return Mono.never();
        }
    }
}
