package io.aerodb.storage.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Chromium without a window that shows one page. */
final class Browser {

    private static final int LIMIT_SECONDS = 60;

    private Browser() {}

    /** Shows the page and waits for what its script posts to {@code /answers}. Everything goes to this machine. */
    static String posted(String chromium, String page, Path profile) throws IOException, InterruptedException {
        CompletableFuture<String> answers = new CompletableFuture<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> respond(exchange, page));
        server.createContext("/answers", exchange -> {
            answers.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            respond(exchange, "");
        });
        server.start();
        Process browser =
                start(chromium, "http://127.0.0.1:" + server.getAddress().getPort() + "/", profile);
        try {
            return answers.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException silence) {
            throw new AssertionError("the page posted nothing", silence);
        } finally {
            stop(browser);
            server.stop(0);
        }
    }

    private static Process start(String chromium, String address, Path profile) throws IOException {
        return new ProcessBuilder(List.of(
                        chromium,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                        "--user-data-dir=" + profile.resolve("profile"),
                        address))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void respond(HttpExchange exchange, String page) throws IOException {
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void stop(Process browser) throws InterruptedException {
        List<ProcessHandle> all = browser.descendants().toList();
        browser.destroy();
        browser.waitFor(10, TimeUnit.SECONDS);
        all.forEach(ProcessHandle::destroyForcibly);
        browser.destroyForcibly().waitFor();
    }
}
