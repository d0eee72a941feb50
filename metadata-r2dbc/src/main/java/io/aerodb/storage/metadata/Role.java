package io.aerodb.storage.metadata;

import java.util.Locale;
import java.util.Optional;

/** The database roles a caller can have; the allow-list of what a token may ask for. */
public enum Role {
    ANON,
    AUTHENTICATED,
    SERVICE_ROLE;

    /** The role's name in PostgreSQL, as in {@code SET ROLE}. */
    public String databaseName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role a token's {@code role} claim names, empty when it names none of ours. {@code service} is an alias. */
    public static Optional<Role> named(String claim) {
        return switch (claim) {
            case "anon" -> Optional.of(ANON);
            case "authenticated" -> Optional.of(AUTHENTICATED);
            case "service_role", "service" -> Optional.of(SERVICE_ROLE);
            default -> Optional.empty();
        };
    }
}
