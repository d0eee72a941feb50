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
        return create(Files.createTempDirectory(Path.of("target").toAbsolutePath(), "certificate-"));
    }

    /** @param directory where its files go; it has none of them yet */
    public static Certificate create(Path directory) throws IOException, InterruptedException {
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

    /** Writes both in PEM, as most servers that are not Java's want them: {@code server.key}, {@code server.crt}. */
    public void writeTo(Path directory) throws IOException, GeneralSecurityException {
        Files.writeString(directory.resolve("server.crt"), certificatePem());
        Path key = Files.writeString(directory.resolve("server.key"), keyPem());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    public String certificatePem() throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", keys().getCertificate("gateway").getEncoded());
    }

    public String keyPem() throws IOException, GeneralSecurityException {
        return pem(
                "PRIVATE KEY", keys().getKey("gateway", PASSWORD.toCharArray()).getEncoded());
    }

    /** Trusts it and nothing else. */
    public SSLContext trusting() throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(onlyCertificate(keys()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(String label, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, lines, label);
    }

    /** Entries with a private key are not trusted ones. */
    private static KeyStore onlyCertificate(KeyStore keys) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("gateway", keys.getCertificate("gateway"));
        return trusted;
    }
}
