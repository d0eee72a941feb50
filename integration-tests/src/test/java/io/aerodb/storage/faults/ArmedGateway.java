package io.aerodb.storage.faults;

import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.harness.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The packaged gateway with {@link ArmedPoint} put into its jar; nothing else can arm its fault points. */
final class ArmedGateway {

    private static final String CLASSES = "BOOT-INF/classes/";

    private final Path order;
    private final Launch launch;

    private ArmedGateway(Launch launch) {
        this.order = launch.output().resolveSibling("fault-order");
        this.launch = launch.ofJar(Jar.ARMED)
                .onJvm(Stream.concat(Launch.QUICK_JVM.stream(), Stream.of("-D%s=%s".formatted(ArmedPoint.ORDER, order)))
                        .toArray(String[]::new));
    }

    static ArmedGateway of(List<String> settings) {
        return new ArmedGateway(Launch.fresh(settings.toArray(String[]::new)));
    }

    Launch launch() {
        return launch;
    }

    void arm(Cell cell) throws IOException {
        Path draft = Files.writeString(
                order.resolveSibling("fault-draft"), "%s %s %d".formatted(cell.point(), cell.action(), cell.hit()));
        Files.move(draft, order, StandardCopyOption.ATOMIC_MOVE);
    }

    boolean struck() {
        return Files.notExists(order);
    }

    private static final class Jar {

        static final Path ARMED = made();

        private static Path made() {
            try {
                Path armed = Files.createTempDirectory(
                                Files.createDirectories(
                                        Path.of("target", "gateways").toAbsolutePath()),
                                "armed-")
                        .resolve("armed.jar");
                Files.copy(Path.of(System.getProperty("gateway.jar")), armed);
                try (FileSystem jar = FileSystems.newFileSystem(armed)) {
                    arm(jar);
                }
                return armed;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private static void arm(FileSystem jar) throws IOException {
            String hook = ArmedPoint.class.getName();
            put(jar, "META-INF/services/" + FaultPoints.Hook.class.getName(), (hook + "\n").getBytes());
            String file = hook.replace('.', '/') + ".class";
            try (InputStream code = ArmedPoint.class.getResourceAsStream("/" + file)) {
                put(jar, file, code.readAllBytes());
            }
        }

        private static void put(FileSystem jar, String name, byte[] content) throws IOException {
            Path target = jar.getPath(CLASSES + name);
            Files.createDirectories(target.getParent());
            Files.write(target, content);
        }
    }
}
