package io.aerodb.storage.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** One running gateway: the packaged jar as a process. Ready for requests from construction to {@link #close}. */
public final class Gateway implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Launch launch;
    private final Tokens tokens;
    private Process process;

    Gateway(Launch launch) {
        this(launch, Map.of());
    }

    Gateway(Launch launch, Map<String, Object> claims) {
        this.launch = launch;
        this.process = started();
        this.tokens = new Tokens(secret("--storage.auth.jwt-secret-file=", "jwt-secret"), claims);
    }

    /** A gateway of its own. */
    public static Gateway start(String... settings) {
        return Launch.fresh(settings).start();
    }

    public Launch launch() {
        return launch;
    }

    public int port() {
        return launch.port();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + launch.port());
    }

    public URI management() {
        return URI.create("http://127.0.0.1:" + launch.managementPort());
    }

    /** Makes tokens of signed URLs as the gateway does, honest or not. */
    public Tokens linkTokens() {
        return new Tokens(secret("--storage.signing.secret-file=", "signing-secret"));
    }

    public long pid() {
        return process.pid();
    }

    public Tokens tokens() {
        return tokens;
    }

    /** Requests without a token. */
    public Api anonymously() {
        return new Api(address(), Optional.empty());
    }

    public Api as(String token) {
        return anonymously().as(token);
    }

    public Api asUser(String sub) {
        return as(tokens.user(sub));
    }

    public Api asService() {
        return as(tokens.service());
    }

    public Database database() {
        return Database.embeddedIn(launch.data());
    }

    /** What its backend holds, be it the local directory or S3. */
    public Stored stored() {
        return StoredInS3.of(launch.settings()).orElseGet(this::directory);
    }

    /** The files of the local backend. A test that needs them is skipped where there is no such backend. */
    public Disk disk() {
        Assumptions.assumeTrue(
                setting("--storage.local.enabled=false").isEmpty(), "skipped: looks into the local backend's files");
        return directory();
    }

    /** The same where the test is not about one backend only. */
    public Disk directory() {
        return new Disk(setting("--storage.local.root=")
                .map(Path::of)
                .orElse(launch.data().resolve("objects")));
    }

    /** Everything it printed so far, over all its starts. */
    public String output() {
        try {
            return Files.readString(launch.output());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What Netty says of buffers that were lost so far, after a look for them. */
    public List<String> leaks() {
        Leaks.bringToLight(this);
        return Leaks.in(output());
    }

    /** SIGKILL: nothing of the process runs any more. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: nothing of the process runs, and everything it has stays open, until it is woken. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void wake() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    /** SIGKILL of it and of the PostgreSQL that it started, as when the machine stops. */
    public void killWithChildren() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        kill();
        children.forEach(child -> child.onExit().orTimeout(20, TimeUnit.SECONDS).join());
    }

    /** Whether it has ended by itself, within this time. */
    public boolean awaitEnd(long time, TimeUnit unit) throws InterruptedException {
        return process.waitFor(time, unit);
    }

    /** SIGTERM, and no more. */
    public void terminate() {
        process.destroy();
    }

    /** Of the process, which has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** SIGTERM, and an end in good time. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("the gateway did not stop within " + STOP + ":\n" + output());
        }
        assertThat(process.exitValue()).as("exit code after SIGTERM").isIn(0, 143);
    }

    /** Starts again on the same data and ports. */
    public void restart() {
        process = started();
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                leaks();
                stop();
            }
            assertThat(Leaks.in(output())).as("leaks reported by Netty").isEmpty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            Disk.deleteTree(launch.data());
        }
    }

    private Process started() {
        try {
            Process started = launch.process();
            await("readiness")
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> ready(started));
            return started;
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    private boolean ready(Process started) {
        if (!started.isAlive()) {
            throw new IllegalStateException("the gateway exited with " + started.exitValue() + ":\n" + output());
        }
        try {
            return anonymously()
                            .exchange(
                                    "GET", management().resolve("/actuator/health/readiness"), BodyPublishers.noBody())
                            .status()
                    == 200;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    private String secret(String setting, String generated) {
        Path file = setting(setting).map(Path::of).orElse(launch.data().resolve(generated));
        try {
            return Files.readString(file).strip();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    private Optional<String> setting(String option) {
        List<String> settings = launch.settings();
        return settings.stream()
                .filter(setting -> setting.startsWith(option))
                .map(setting -> setting.substring(option.length()))
                .findFirst();
    }
}
