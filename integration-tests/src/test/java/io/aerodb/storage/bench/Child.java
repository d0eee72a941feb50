package io.aerodb.storage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server that runs as a process of the benchmark, pinned to its processors, and ends with it. */
final class Child implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path log;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param log takes what it prints */
    static Child start(List<String> command, Processors processors, Map<String, String> environment, Path log)
            throws IOException {
        List<String> words = new ArrayList<>(processors.prefix());
        words.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Child child = new Child(builder.start(), log);
        Runtime.getRuntime().addShutdownHook(new Thread(child::close)); // should the benchmark be interrupted
        return child;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Returns when this answers with success; looks every so many milliseconds. */
    void awaitReady(int port, Request request, long millis) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!ready(port, request)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("a server did not start, see " + log);
            }
            Thread.sleep(millis);
        }
    }

    /** Whether it has ended by itself within the time it is given. */
    boolean stopped() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        return !process.isAlive();
    }

    @Override
    public void close() {
        if (!stopped()) {
            process.destroyForcibly();
        }
    }

    static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    private static boolean ready(int port, Request request) {
        try (Client client = Connection.open(address(port))) {
            client.exchange(request);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
