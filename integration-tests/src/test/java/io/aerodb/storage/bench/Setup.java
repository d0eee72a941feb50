package io.aerodb.storage.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and on what the servers run.
 *
 * @param output takes logs and, while they run, their data
 * @param certificates for those that speak TLS
 * @param objects in the bucket that is listed
 * @param leftovers what servers leave on the disk
 */
record Setup(Path output, Processors processors, Optional<Certificates> certificates, int objects, Leftovers leftovers)
        implements AutoCloseable {

    /** The JDK that runs the benchmark runs its servers, too. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    @Override
    public void close() {
        leftovers.close();
        certificates.ifPresent(Certificates::close);
    }
}
