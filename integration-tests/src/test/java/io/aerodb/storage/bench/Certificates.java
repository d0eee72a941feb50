package io.aerodb.storage.bench;

import io.aerodb.storage.harness.Certificate;
import io.aerodb.storage.harness.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What servers need to speak TLS.
 *
 * @param settings of the gateway, like those of a {@link Variant}
 * @param certificate in PEM, which is also what a client has to trust
 * @param key in PEM
 */
record Certificates(List<String> settings, Path certificate, Path key) implements AutoCloseable {

    static Certificates in(Path directory) throws Exception {
        Certificate made = Certificate.create(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Disk.deleteTree(directory))); // should it be interrupted
        return new Certificates(
                settings(made),
                Files.writeString(directory.resolve("certificate.pem"), made.certificatePem()),
                Files.writeString(directory.resolve("key.pem"), made.keyPem()));
    }

    @Override
    public void close() {
        Disk.deleteTree(certificate.getParent());
    }

    private static List<String> settings(Certificate made) {
        return Stream.concat(
                        Stream.of(made.settings()).map(setting -> setting.substring("--".length())),
                        Stream.of("server.http2.enabled=true", "management.server.ssl.enabled=false"))
                .toList();
    }
}
