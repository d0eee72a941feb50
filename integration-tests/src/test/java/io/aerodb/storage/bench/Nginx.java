package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * nginx with static files by {@code sendfile} and PUT by its DAV module: what the machine can do with files over HTTP. It
 * neither hashes nor syncs, knows no users and no database.
 */
final class Nginx implements Target {

    private static final List<String> PLACES =
            List.of("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx");

    private final Path directory;
    private final int port = Child.freePort();
    private final int securePort = Child.freePort();
    private final Optional<Certificates> certificates;
    private final Leftovers leftovers;
    private final Child child;

    private Nginx(String program, Setup setup) throws IOException {
        certificates = setup.certificates();
        leftovers = setup.leftovers();
        directory = Files.createTempDirectory(setup.output(), "nginx-");
        Files.createDirectories(directory.resolve("files"));
        Path configuration = Files.writeString(directory.resolve("nginx.conf"), configuration());
        child = Child.start(
                List.of(program, "-p", directory + "/", "-e", directory + "/error.log", "-c", configuration.toString()),
                setup.processors(),
                Map.of(),
                setup.output().resolve("nginx.log"));
    }

    static Optional<String> program() {
        return PLACES.stream()
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst();
    }

    static Nginx start(String program, Setup setup) throws IOException, InterruptedException {
        Nginx nginx = new Nginx(program, setup);
        try {
            Files.createDirectories(nginx.directory.resolve("files/ready"));
            Files.writeString(nginx.directory.resolve("files/ready/yes"), "yes");
            nginx.child.awaitReady(nginx.port, nginx.request("GET", "ready", "yes"), 50);
            return nginx;
        } catch (Throwable failure) {
            nginx.close();
            throw failure;
        }
    }

    @Override
    public Processes processes() {
        return Processes.family(child.handle());
    }

    @Override
    public Client connect(Protocol protocol) throws IOException {
        return protocol == Protocol.PLAIN
                ? Connection.open(Child.address(port))
                : new SecureClient(
                        securePort, protocol, certificates.orElseThrow().certificate());
    }

    @Override
    public void createBucket(String name, boolean open) {
        // a directory, made by the first PUT
    }

    @Override
    public void drop(String bucket, long count) {
        Leftovers.empty(directory.resolve("files").resolve(bucket));
    }

    @Override
    public void close() {
        child.close();
        leftovers.discard(directory);
    }

    private String configuration() {
        boolean root = "root".equals(System.getProperty("user.name"));
        String secure = certificates
                .map(files -> "listen 127.0.0.1:%d ssl http2; ssl_certificate %s; ssl_certificate_key %s;"
                        .formatted(securePort, files.certificate(), files.key()))
                .orElse("");
        return """
                %s
                daemon off;
                worker_processes 2;
                pid nginx.pid;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  sendfile on;
                  tcp_nopush on;
                  keepalive_requests 1000000000;
                  client_max_body_size 0;
                  client_body_temp_path body;
                  proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d backlog=1024;
                    %s
                    root files;
                    location / { dav_methods PUT DELETE; create_full_put_path on; }
                  }
                }
                """.formatted(root ? "user root;" : "", port, secure);
    }
}
