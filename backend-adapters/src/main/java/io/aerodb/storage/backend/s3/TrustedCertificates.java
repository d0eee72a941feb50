package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.TlsTrustManagersProvider;

/** The certificates of a PEM file as the only ones that are trusted. */
final class TrustedCertificates {

    private TrustedCertificates() {}

    /** Blocks; for start-up. */
    static TlsTrustManagersProvider of(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store(pem));
            return factory::getTrustManagers;
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new BackendException.Failed("the file of trusted certificates can't be read as PEM", unreadable);
        }
    }

    private static KeyStore store(InputStream pem) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            store.setCertificateEntry("trusted-" + store.size(), certificate);
        }
        if (store.size() == 0) {
            throw new GeneralSecurityException("no certificate");
        }
        return store;
    }
}
