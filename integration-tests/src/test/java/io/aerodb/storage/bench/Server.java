package io.aerodb.storage.bench;

import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A gateway under measurement: started by {@code run} with an empty data directory, which is removed at the end. */
final class Server implements Target {

    static final String USER = "bench";

    /** As {@code run} starts it. */
    static final List<String> JVM = List.of(
            "-Xmx512m",
            "-XX:MaxDirectMemorySize=512m",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dio.netty.allocator.type=pooled",
            "-Dio.netty.maxDirectMemory=402653184");

    private static final Request READY = new Request("GET", "/actuator/health/readiness", "");

    /** More uploads at once than one caller may, and nothing that reads or compares files meanwhile. */
    private static final List<String> FOR_MEASURING = List.of(
            "--storage.admission.max-uploads-per-caller=2000",
            "--storage.cleanup.enabled=false",
            "--storage.scrub.enabled=false");

    private final Variant variant;
    private final Setup setup;
    private final boolean secure;
    private final Path data;
    private final int port = Child.freePort();
    private final int managementPort = Child.freePort();
    private final Child child;
    private Tokens tokens = new Tokens("");
    private String authorization = "";

    private Server(Variant variant, Setup setup) throws IOException {
        this.variant = variant;
        this.setup = setup;
        this.secure = variant.settings().stream().anyMatch(setting -> setting.startsWith("server.ssl."));
        this.data = Files.createTempDirectory(setup.output(), "data-");
        this.child = child();
    }

    /** Ready for requests when this returns. The output directory takes its log and, while it runs, its data. */
    static Server start(Variant variant, Setup setup) throws IOException, InterruptedException {
        Server server = new Server(variant, setup);
        try {
            server.child.awaitReady(server.managementPort, READY, 100);
            server.tokens = new Tokens(
                    Files.readString(server.data.resolve("jwt-secret")).strip());
            server.authorization = server.authorization(USER);
            return server;
        } catch (Throwable failure) {
            server.close();
            throw failure;
        }
    }

    Variant variant() {
        return variant;
    }

    Setup setup() {
        return setup;
    }

    int port() {
        return port;
    }

    /** Its PostgreSQL, as superuser. */
    Database database() {
        return Database.embeddedIn(data);
    }

    @Override
    public Processes processes() {
        return Processes.gateway(child.handle());
    }

    @Override
    public Client connect(Protocol protocol) throws IOException {
        return secure
                ? new SecureClient(
                        port, protocol, setup.certificates().orElseThrow().certificate())
                : Connection.open(Child.address(port));
    }

    @Override
    public Request request(String method, String bucket, String path) {
        return call(method, "/object/" + bucket + "/" + path);
    }

    @Override
    public Request open(String method, String bucket, String path) {
        return new Request(method, "/storage/v1/object/public/" + bucket + "/" + path, "");
    }

    /** Of the same user, to anything else. */
    Request call(String method, String path) {
        return new Request(method, "/storage/v1" + path, authorization);
    }

    Request post(String path, String json) {
        return call("POST", path).with("Content-Type: application/json").sending(Body.of(json));
    }

    /** The header of a user's token. */
    String authorization(String user) {
        long end = Instant.now().plus(Duration.ofDays(1)).getEpochSecond();
        return "Authorization: Bearer " + tokens.of(Map.of("sub", user, "role", "authenticated", "exp", end)) + "\r\n";
    }

    /** The user's own. Unless it is open, row-level security lets nobody else in. */
    @Override
    public void createBucket(String name, boolean open) throws IOException {
        try (Client client = connect(Protocol.PLAIN)) {
            client.exchange(bucket(name, open));
        }
    }

    Request bucket(String name, boolean open) {
        return post("/bucket", "{\"id\": \"%s\", \"name\": \"%s\", \"public\": %b}".formatted(name, name, open));
    }

    /** Empties files behind the gateway's back, so that hours of uploads fit on the disk. */
    @Override
    public void drop(String bucket, long count) {
        Leftovers.empty(data.resolve("objects").resolve(bucket));
    }

    @Override
    public Jvm jvm() {
        try (Client client = Connection.open(Child.address(managementPort))) {
            return Jvm.of(client.text(new Request("GET", "/actuator/prometheus", "")));
        } catch (IOException unavailable) {
            return Jvm.UNKNOWN;
        }
    }

    @Override
    public void close() {
        child.close();
        setup.leftovers().discard(data);
    }

    private Child child() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(variant.checkout().resolve("run").toString());
        command.addAll(List.of("--port=" + port, "--management-port=" + managementPort, "--data=" + data));
        command.add("--storage.embedded.binaries=" + setup.output().resolve("postgresql"));
        command.addAll(FOR_MEASURING);
        variant.settings().forEach(setting -> command.add("--" + setting));
        return Child.start(
                command,
                setup.processors(),
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS",
                        String.join(" ", variant.jvmOptions())),
                setup.output().resolve("server-" + variant.name().replaceAll("\\W+", "-") + ".log"));
    }
}
