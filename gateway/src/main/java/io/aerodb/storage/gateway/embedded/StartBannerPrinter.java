package io.aerodb.storage.gateway.embedded;

import com.nimbusds.jose.JOSEException;
import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.PublicOrigin;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.Role;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * Prints the {@link StartBanner} on standard output, past the log, when the gateway takes requests. A token is printed only
 * on a terminal. Elsewhere, for that may become a log file, stands the command that makes one; the lines work either way.
 */
final class StartBannerPrinter implements ApplicationListener<ApplicationReadyEvent> {

    private static final String USER = "alice";

    private final StorageSettings settings;
    private final ObjectProvider<EmbeddedDatabase> database;
    private final ObjectProvider<DevelopmentSecret> secret;
    private final Terminal terminal;
    private final PrintStream out;

    StartBannerPrinter(
            StorageSettings settings,
            ObjectProvider<EmbeddedDatabase> database,
            ObjectProvider<DevelopmentSecret> secret,
            Terminal terminal,
            PrintStream out) {
        this.settings = settings;
        this.database = database;
        this.secret = secret;
        this.terminal = terminal;
        this.out = out;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        Environment environment = ready.getApplicationContext().getEnvironment();
        StartBanner banner = new StartBanner(
                PublicOrigin.listening(environment, "server.address", "local.server.port"),
                PublicOrigin.listening(environment, "management.server.address", "local.management.port"),
                dataDirectory(),
                database.getIfAvailable() != null,
                token(),
                terminal.sample());
        banner.lines().forEach(out::println);
        out.flush();
    }

    private Path dataDirectory() {
        return new DataDirectory(settings.dataDir()).root();
    }

    private String token() {
        DevelopmentSecret key = secret.getIfAvailable();
        if (key == null) {
            return "";
        }
        return terminal.attended()
                ? signed(key)
                : "$(%s token --user %s --data %s)"
                        .formatted(terminal.command(), USER, StartBanner.quoted(dataDirectory()));
    }

    private String signed(DevelopmentSecret key) {
        TokenRequest request = new TokenRequest(USER, Role.AUTHENTICATED, Duration.ofHours(1), settings.dataDir());
        try {
            return DevelopmentToken.signed(key, request, Instant.now());
        } catch (JOSEException unsigned) {
            throw new IllegalStateException("HS256 is part of every Java", unsigned);
        }
    }
}
