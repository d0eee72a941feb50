package io.aerodb.storage.backend;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The proof of the sentences in {@link StorageBackend}'s Javadoc, run against every backend and decorator. A backend that
 * must differ overrides the test and says in one line why. After each test every buffer must be released and no
 * write unfinished.
 */
public abstract class StorageBackendContract
        implements WriteContract, AbandonedWriteContract, ReadContract, ReadAtOnceContract, CatalogueContract {

    private BackendFixture fixture = new BackendFixture(new MemoryStorageBackend(), new TrackedBuffers(), () -> 0L);

    /** A backend that holds no blobs, and takes its buffers from this allocator if it can be told. */
    protected abstract StorageBackend open(TrackedBuffers buffers) throws Exception;

    /** Unfinished writes in the store under the backend: staging files, open multipart uploads. */
    protected abstract long unfinishedWrites() throws Exception;

    @BeforeEach
    void openBackend() throws Exception {
        TrackedBuffers buffers = new TrackedBuffers();
        fixture = new BackendFixture(open(buffers), buffers, this::unfinishedWrites);
    }

    @AfterEach
    void nothingIsHeld() throws Exception {
        fixture.buffers().assertAllReleased();
        BackendFixture.eventually("nothing is unfinished").until(fixture::hasNothingUnfinished);
        if (fixture.backend() instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    @Override
    public BackendFixture fixture() {
        return fixture;
    }
}
