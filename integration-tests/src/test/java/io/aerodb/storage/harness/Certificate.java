package io.aerodb.storage.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key with a certificate of its own for 127.0.0.1, made by the JDK's keytool. */
public final class Certificate {

    private static final String PASSWORD = "only for tests";

    private final Path store;

    private Certificate(Path store) {
        this.store = store;
    }

    public static Certificate create() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "certificate-");
        Path store = directory.resolve("server.p12");
        Shell made = Shell.run(
                directory,
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                "gateway",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        if (made.exitCode() != 0) {
            throw new IllegalStateException(made.toString());
        }
        return new Certificate(store);
    }

    /** What a gateway needs to serve with it. */
    public String[] settings() {
        return new String[] {
            "--server.ssl.key-store=" + store, "--server.ssl.key-store-password=" + PASSWORD,
        };
    }

    /** Writes key and certificate in PEM, as most servers that are not Java's want them: {@code server.key}, {@code server.crt}. */
    public void writeTo(Path directory) throws IOException, GeneralSecurityException {
        KeyStore keys = loaded();
        byte[] key = keys.getKey("gateway", PASSWORD.toCharArray()).getEncoded();
        Files.writeString(directory.resolve("server.key"), pem("PRIVATE KEY", key));
        Files.writeString(
                directory.resolve("server.crt"),
                pem("CERTIFICATE", keys.getCertificate("gateway").getEncoded()));
        Files.setPosixFilePermissions(directory.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(content));
    }

    /** Trusts it and nothing else. */
    public SSLContext trusting() throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(onlyCertificate(loaded()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore loaded() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        return keys;
    }

    /** Entries with a private key are not trusted ones. */
    private static KeyStore onlyCertificate(KeyStore keys) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("gateway", keys.getCertificate("gateway"));
        return trusted;
    }
}
