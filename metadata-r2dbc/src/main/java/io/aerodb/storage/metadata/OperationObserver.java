package io.aerodb.storage.metadata;

import reactor.core.publisher.Mono;

/** Sees the operations of a {@link MetadataExecutor} from subscription to end; changes nothing of them. */
public interface OperationObserver {

    /** Sees nothing. */
    OperationObserver NONE = new OperationObserver() {
        @Override
        public <T> Mono<T> observed(String sql, Mono<T> operation) {
            return operation;
        }
    };

    /** @param sql the statement, which holds no values */
    <T> Mono<T> observed(String sql, Mono<T> operation);
}
