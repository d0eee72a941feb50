package io.aerodb.storage.gateway.wiring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The schema that this gateway was made for: that of the last migration it has. */
final class OwnSchema {

    private static final String MIGRATIONS = "classpath*:db/migration/V*.sql";
    private static final Pattern NAME = Pattern.compile("V(\\d+)__.*");

    private OwnSchema() {}

    /** Its number. */
    static int lastMigration() {
        try {
            return Arrays.stream(new PathMatchingResourcePatternResolver().getResources(MIGRATIONS))
                    .mapToInt(OwnSchema::number)
                    .max()
                    .orElseThrow();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static int number(Resource migration) {
        Matcher name = NAME.matcher(Objects.requireNonNull(migration.getFilename()));
        if (!name.matches()) {
            throw new IllegalStateException("not the name of a migration: " + migration);
        }
        return Integer.parseInt(name.group(1));
    }
}
