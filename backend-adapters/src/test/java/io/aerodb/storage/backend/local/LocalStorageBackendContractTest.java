package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.CleanupContract;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackendContract;
import io.aerodb.storage.backend.TrackedBuffers;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageBackendContractTest extends StorageBackendContract implements CleanupContract {

    @TempDir
    private Path root = Path.of("");

    @Override
    protected StorageBackend open(TrackedBuffers buffers) {
        return LocalStorageBackend.open(new VolumeDirectory(root).settings(), new Sync.Disk(), buffers.allocator());
    }

    @Override
    protected long unfinishedWrites() {
        return new VolumeDirectory(root).stagingFiles().size();
    }
}
