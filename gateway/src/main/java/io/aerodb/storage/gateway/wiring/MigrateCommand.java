package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.gateway.wiring.Database.Credentials;
import io.aerodb.storage.metadata.SchemaVersion;
import java.io.PrintStream;
import java.util.List;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@code java -jar … migrate}: brings the schema of the configured database up to date, makes the gateway's role, and ends.
 * So the gateways need not have the role that owns the schema. Reads the same settings as a gateway; safe while some run.
 */
public final class MigrateCommand {

    /** The first argument of the process, when it is to do this and not to serve. */
    public static final String NAME = "migrate";

    private static final int DONE = 0;
    private static final int REFUSED = 1;

    private MigrateCommand() {}

    /**
     * @param arguments settings, like {@code --storage.database.host=…}
     * @return the exit code of the process: 0 when gateways of this version can work with the schema, else 1 with the reason
     *     on standard error
     */
    public static int run(List<String> arguments, PrintStream out) {
        SpringApplication application = new SpringApplication(Migration.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try {
            application.run(arguments.toArray(String[]::new)).close();
        } catch (RuntimeException reported) {
            return REFUSED; // Spring Boot has called RefusalReporter
        }
        out.println("The schema is up to date.");
        return DONE;
    }

    private static void migrate(StorageSettings.Database settings) {
        if (settings.embedded()) {
            throw new StartRefused("There is no database to migrate: set storage.database.host.");
        }
        Database database = Database.of(settings, null);
        Credentials migration = database.migration();
        if (migration == null) {
            throw new StartRefused("There is no role to migrate with: set storage.database.migration.username.");
        }
        SchemaVersion schema = DatabaseWiring.migrate(database, migration);
        schema.objection(OwnSchema.lastMigration()).ifPresent(sentence -> {
            throw new StartRefused(sentence);
        });
    }

    /** Not marked as a configuration, so that a gateway does not find it. */
    @EnableConfigurationProperties(StorageSettings.class)
    static class Migration {

        @Bean
        ApplicationRunner migration(StorageSettings settings) {
            return arguments -> migrate(settings.database());
        }
    }
}
