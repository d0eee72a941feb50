package io.aerodb.storage.backend;

class MemoryStorageBackendTest extends StorageBackendContract {

    private MemoryStorageBackend backend = new MemoryStorageBackend();

    @Override
    protected StorageBackend open(TrackedBuffers buffers) {
        backend = new MemoryStorageBackend(buffers.allocator());
        return backend;
    }

    @Override
    protected long unfinishedWrites() {
        return backend.unfinishedWrites();
    }
}
