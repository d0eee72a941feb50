package io.aerodb.storage.backend.s3.bench;

import io.aerodb.storage.backend.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code ./run bench-s3}: uploads to one S3 server by the backend and, in turn, by the AWS SDK's own multipart client: alone,
 * which computes no digest of the object, and with one. Prints the medians and the ratio of each pair of rounds as a table.
 */
public final class S3Bench {

    private final URI endpoint;
    private final S3Settings.Checksums checksums;
    private final int[] clients;
    private final int warmUp;
    private final int rounds;
    private final int mebibytes;

    private S3Bench(URI endpoint, Map<String, String> options) {
        this.endpoint = endpoint;
        this.checksums = S3Settings.Checksums.valueOf(options.getOrDefault("--checksums", "WHEN_REQUIRED"));
        this.clients = Stream.of(options.getOrDefault("--clients", "1,4").split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        this.warmUp = Integer.parseInt(options.getOrDefault("--warm-up", "3"));
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
                "| uploads at once | | MB/s | of the SDK's speed, pair by pair | CPU s/GiB | server CPU s/GiB |");
        System.out.println("|---|---|---:|---:|---:|---:|");
        try (Uploader backend = new BackendUploader(settings());
                Uploader sdk = new SdkUploader(settings(), false);
                Uploader hashing = new SdkUploader(settings(), true)) {
            Map<String, Uploader> contestants = new LinkedHashMap<>();
            contestants.put("SDK", sdk);
            contestants.put("SDK and SHA-256", hashing);
            contestants.put("backend", backend);
            IntStream.of(clients).forEach(atOnce -> compare(atOnce, contestants));
        }
    }

    private void compare(int atOnce, Map<String, Uploader> contestants) {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        for (int round = -warmUp; round < rounds; round++) {
            boolean counted = round >= 0;
            contestants.forEach((name, contestant) -> {
                Run run = Run.of(contestant, atOnce, mebibytes);
                if (counted) {
                    runs.computeIfAbsent(name, first -> new ArrayList<>()).add(run);
                }
            });
        }
        runs.forEach((name, ours) -> System.out.printf(
                "| %d | %s | %s | %s | %s | %s |%n",
                atOnce,
                name,
                Run.spread(ours, Run::megabytesPerSecond),
                Run.ratios(ours, runs.get("SDK")),
                Run.spread(ours, Run::cpuSecondsPerGibibyte),
                Run.spread(ours, Run::othersCpuSecondsPerGibibyte)));
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
