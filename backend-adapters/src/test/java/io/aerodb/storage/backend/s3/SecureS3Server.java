package io.aerodb.storage.backend.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/** An S3 server that is reached by TLS, with a certificate of its own for 127.0.0.1; and without TLS, for its test. */
final class SecureS3Server implements AutoCloseable {

    private static final String PASSWORD = "only for tests";

    private final S3Proxy proxy;
    private final Path certificate;
    private final S3Endpoint plain;

    private SecureS3Server(Path directory) throws Exception {
        Path keys = directory.resolve("server.p12");
        this.certificate = directory.resolve("server.pem");
        keytool(
                keys,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2");
        keytool(keys, "-exportcert", "-rfc", "-file", certificate.toString());
        this.proxy = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .secureEndpoint(URI.create("https://127.0.0.1:0"))
                .keyStore(keys.toString(), PASSWORD)
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret")
                .ignoreUnknownHeaders(true)
                .blobStore(new TransientNio2BlobStore())
                .build();
        proxy.start();
        this.plain = new S3Endpoint(
                URI.create("http://127.0.0.1:" + proxy.getPort()),
                "access",
                "secret",
                S3Settings.Checksums.WHEN_SUPPORTED);
    }

    /** @param directory for the key and the certificate */
    static SecureS3Server in(Path directory) throws Exception {
        return new SecureS3Server(directory);
    }

    /** A new bucket, seen without TLS. */
    TestBucket newBucket() {
        return plain.newBucket();
    }

    /** Of that bucket by TLS. */
    S3Settings settings(TestBucket bucket) {
        return plain.via(URI.create("https://127.0.0.1:" + proxy.getSecurePort()))
                .settings(bucket.name(), "");
    }

    /** PEM. */
    Path certificate() {
        return certificate;
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("the S3 server does not stop", failure);
        }
    }

    private static void keytool(Path keys, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("-alias", "s3", "-storetype", "PKCS12", "-keystore", keys.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
    }
}
