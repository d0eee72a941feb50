package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.backend.observed.ObservedStorageBackend;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** The decorator keeps every sentence of what it decorates. */
class ObservedLocalContractTest extends LocalStorageBackendContractTest {

    @Override
    protected StorageBackend open(TrackedBuffers buffers) {
        return new ObservedStorageBackend(super.open(buffers), "local", new SimpleMeterRegistry());
    }
}
