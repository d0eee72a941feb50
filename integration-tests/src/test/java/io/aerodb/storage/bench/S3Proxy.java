package io.aerodb.storage.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** S3Proxy with objects as files, in a JVM of its own, without signatures. It neither syncs nor keeps a database. */
final class S3Proxy implements Target {

    private final Path directory;
    private final int port = Child.freePort();
    private final Leftovers leftovers;
    private final Child child;

    private S3Proxy(Setup setup) throws IOException {
        leftovers = setup.leftovers();
        directory = Files.createTempDirectory(setup.output(), "s3proxy-");
        child = Child.start(
                List.of(
                        Setup.java(),
                        "-Xmx512m",
                        "-Dlogback.configurationFile=test-logging.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        S3Proxy.class.getName(),
                        "http://127.0.0.1:" + port,
                        directory.toString()),
                setup.processors(),
                Map.of(),
                setup.output().resolve("s3proxy.log"));
    }

    static S3Proxy start(Setup setup) throws IOException, InterruptedException {
        S3Proxy proxy = new S3Proxy(setup);
        try {
            proxy.child.awaitReady(proxy.port, new Request("GET", "/", ""), 50);
            return proxy;
        } catch (Throwable failure) {
            proxy.close();
            throw failure;
        }
    }

    /** The process itself: address and directory. Serves until it is killed. */
    public static void main(String... arguments) throws Exception {
        org.gaul.s3proxy.S3Proxy.builder()
                .endpoint(URI.create(arguments[0]))
                .awsAuthentication(AuthenticationType.NONE, "", "")
                .ignoreUnknownHeaders(true)
                .blobStore(new FilesystemNio2BlobStore(arguments[1]))
                .build()
                .start();
    }

    @Override
    public Processes processes() {
        return Processes.family(child.handle());
    }

    @Override
    public Client connect(Protocol protocol) throws IOException {
        return Connection.open(Child.address(port));
    }

    @Override
    public void createBucket(String name, boolean open) throws IOException {
        try (Client client = connect(Protocol.PLAIN)) {
            client.exchange(new Request("PUT", "/" + name, "").sending(Body.of("")));
        }
    }

    @Override
    public void drop(String bucket, long count) {
        Leftovers.empty(directory.resolve(bucket));
    }

    @Override
    public void close() {
        child.close();
        leftovers.discard(directory);
    }
}
