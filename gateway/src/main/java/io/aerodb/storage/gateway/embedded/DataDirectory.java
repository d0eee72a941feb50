package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What lies where below the gateway's data directory. Every directory made here is for its owner alone (0700); one that
 * is there already keeps its mode.
 *
 * @param root absolute
 */
record DataDirectory(Path root) {

    DataDirectory {
        root = root.toAbsolutePath().normalize();
    }

    /** Everything of the embedded server. */
    Path postgres() {
        return root.resolve("postgres");
    }

    /** The server's own data directory: there, and then complete, or not there. */
    Path cluster() {
        return postgres().resolve("data");
    }

    Path superuserPassword() {
        return postgres().resolve("superuser-password");
    }

    Path serverLog() {
        return postgres().resolve("server.log");
    }

    Path jwtSecret() {
        return root.resolve("jwt-secret");
    }

    Path signingSecret() {
        return root.resolve("signing-secret");
    }

    Path lock() {
        return root.resolve("lock");
    }

    /** This directory itself. */
    DataDirectory created() {
        return created(root);
    }

    DataDirectory createdWithPostgres() {
        return created(postgres());
    }

    private DataDirectory created(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return this;
        } catch (IOException failure) {
            throw new StartRefused(
                    "The directory %s can not be created (%s). Choose another data directory with --data DIR."
                            .formatted(directory, failure),
                    failure);
        }
    }
}
