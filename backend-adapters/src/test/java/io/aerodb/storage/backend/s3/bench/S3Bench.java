package io.aerodb.storage.backend.s3.bench;

import io.aerodb.storage.backend.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./run bench-s3}: uploads to one S3 server by the backend and, in turn, by the AWS SDK's own multipart client, which
 * computes no digest of the object. Prints the medians and the ratio of each pair of rounds as a table.
 */
public final class S3Bench {

    private static final int WARM_UP = 3;

    private final URI endpoint;
    private final S3Settings.Checksums checksums;
    private final int rounds;
    private final int mebibytes;

    private S3Bench(URI endpoint, Map<String, String> options) {
        this.endpoint = endpoint;
        this.checksums = S3Settings.Checksums.valueOf(options.getOrDefault("--checksums", "WHEN_REQUIRED"));
        this.rounds = Integer.parseInt(options.getOrDefault("--rounds", "7"));
        this.mebibytes = Integer.parseInt(options.getOrDefault("--mebibytes", "256"));
    }

    public static void main(String... arguments) throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        if (options.containsKey("--endpoint")) {
            new S3Bench(URI.create(options.get("--endpoint")), options).run();
        } else {
            try (S3ProxyProcess server = S3ProxyProcess.start()) {
                new S3Bench(server.endpoint(), options).run();
            }
        }
        System.exit(0);
    }

    private void run() {
        System.out.printf(
                "%s, checksums %s, %d rounds of %d MiB in turn, JDK %s, medians (smallest-largest)%n%n",
                endpoint, checksums, rounds, mebibytes, Runtime.version());
        System.out.println(
                "| uploads at once | backend MB/s | SDK MB/s | backend by SDK, pair by pair | backend CPU s/GiB |"
                        + " SDK CPU s/GiB | others' CPU |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|");
        try (Uploader backend = new BackendUploader(settings());
                Uploader sdk = new SdkUploader(settings())) {
            for (int clients : new int[] {1, 4}) {
                compare(clients, backend, sdk);
            }
        }
    }

    private void compare(int clients, Uploader backend, Uploader sdk) {
        List<Run> ours = new ArrayList<>();
        List<Run> theirs = new ArrayList<>();
        for (int round = -WARM_UP; round < rounds; round++) {
            Run first = Run.of(backend, clients, mebibytes);
            Run second = Run.of(sdk, clients, mebibytes);
            if (round >= 0) {
                ours.add(first);
                theirs.add(second);
            }
        }
        System.out.printf(
                "| %d | %s | %s | %s | %s | %s | %s |%n",
                clients,
                Run.spread(ours, Run::megabytesPerSecond),
                Run.spread(theirs, Run::megabytesPerSecond),
                Run.ratios(ours, theirs),
                Run.spread(ours, Run::cpuSecondsPerGibibyte),
                Run.spread(theirs, Run::cpuSecondsPerGibibyte),
                Run.spread(ours, Run::othersCpu));
    }

    private S3Settings settings() {
        return new S3Settings(
                endpoint,
                "us-east-1",
                "bench",
                "",
                true,
                new S3Settings.Credentials.Static(
                        System.getenv().getOrDefault("S3_ACCESS_KEY", "test-access-key"),
                        System.getenv().getOrDefault("S3_SECRET_KEY", "test-secret-key"),
                        null),
                checksums,
                null,
                null,
                S3Settings.Transfer.DEFAULTS);
    }
}
