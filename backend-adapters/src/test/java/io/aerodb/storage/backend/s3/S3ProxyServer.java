package io.aerodb.storage.backend.s3;

import java.net.URI;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/** A real S3 server in the JVM of the tests, on a port of its own. */
public final class S3ProxyServer implements AutoCloseable {

    private final BlobStore store;
    private final int port;
    private S3Proxy proxy;

    private S3ProxyServer(BlobStore store) {
        this.store = store;
        this.proxy = started(store, 0);
        this.port = proxy.getPort();
    }

    /** The server that tests of this JVM share, each with a bucket of its own. Holds objects in memory: for small ones. */
    public static S3ProxyServer shared() {
        return Shared.SERVER;
    }

    /** A server of one test, for a test that kills it. Holds objects in memory. */
    public static S3ProxyServer inMemory() {
        return new S3ProxyServer(new TransientNio2BlobStore());
    }

    /** A server of one test, for big objects. */
    public static S3ProxyServer on(Path directory) {
        return new S3ProxyServer(new FilesystemNio2BlobStore(directory.toString()));
    }

    public S3Endpoint endpoint() {
        return new S3Endpoint(uri(port), Shared.ACCESS_KEY, Shared.SECRET_KEY, S3Settings.Checksums.WHEN_SUPPORTED);
    }

    public TestBucket newBucket() {
        return endpoint().newBucket();
    }

    /** Ends the server and cuts its connections. What it stored stays. */
    public void kill() {
        try {
            proxy.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("the S3 server does not stop", failure);
        }
    }

    /** Starts the killed server again, on the same port with the same objects. */
    public void restart() {
        proxy = started(store, port);
    }

    @Override
    public void close() {
        kill();
    }

    private static S3Proxy started(BlobStore store, int port) {
        S3Proxy proxy = S3Proxy.builder()
                .endpoint(uri(port))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, Shared.ACCESS_KEY, Shared.SECRET_KEY)
                .ignoreUnknownHeaders(true)
                .blobStore(store)
                .build();
        try {
            proxy.start();
        } catch (Exception failure) {
            throw new IllegalStateException("the S3 server does not start", failure);
        }
        return proxy;
    }

    private static URI uri(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Started by the first test that asks, stopped with the JVM. */
    private static final class Shared {
        static final String ACCESS_KEY = "test-access-key";
        static final String SECRET_KEY = "test-secret-key";
        static final S3ProxyServer SERVER = inMemory();
    }
}
