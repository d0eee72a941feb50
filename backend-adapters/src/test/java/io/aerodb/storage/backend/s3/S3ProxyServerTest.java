package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The S3 server of the tests does what the tests rely on. */
class S3ProxyServerTest {

    @Test
    void objectsAndOpenUploadsAreSeenByAnotherClient() {
        try (TestBucket bucket = S3ProxyServer.shared().newBucket()) {
            bucket.put("some key", bytes(1000, 1));
            bucket.beginUpload("unfinished");
            assertThat(bucket.keys()).containsExactly("some key");
            assertThat(bucket.openUploads()).singleElement().satisfies(upload -> assertThat(upload.key())
                    .isEqualTo("unfinished"));
        }
    }

    @Test
    void killedServerAnswersAgainOnItsPortWithItsObjects() {
        try (S3ProxyServer server = S3ProxyServer.inMemory();
                TestBucket bucket = server.newBucket()) {
            bucket.put("key", bytes(1000, 2));
            server.kill();
            assertThatThrownBy(() -> bucket.get("key")).isNotNull();
            server.restart();
            assertThat(bucket.get("key")).isEqualTo(bytes(1000, 2));
        }
    }

    @Test
    void serverOnADirectoryHoldsBigObjects(@TempDir Path directory) {
        try (S3ProxyServer server = S3ProxyServer.on(directory);
                TestBucket bucket = server.newBucket()) {
            bucket.put("big", bytes(20 * MIB, 3));
            assertThat(bucket.get("big")).isEqualTo(bytes(20 * MIB, 3));
            assertThat(directory).isDirectoryRecursivelyContaining("glob:**big");
        }
    }
}
