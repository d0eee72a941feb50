package io.aerodb.storage.observability;

import io.aerodb.storage.harness.Shell;
import java.nio.file.Path;

/** The files that operators give to Prometheus and Grafana. */
final class Monitoring {

    static final Path DIRECTORY = Shell.repository().resolve("monitoring");
    static final Path RULES = DIRECTORY.resolve("aerodb-storage.rules.yaml");
    static final Path RULES_TEST = DIRECTORY.resolve("aerodb-storage.rules.test.yaml");
    static final Path DASHBOARD = DIRECTORY.resolve("grafana/aerodb-storage.json");

    private Monitoring() {}
}
