package io.aerodb.storage.harness;

import java.util.List;

/** An empty database on the server of the shared gateway, for a gateway that a test starts. */
public record OwnDatabase(Database database, String login) {

    public static OwnDatabase fresh() {
        Database server = SharedGateway.get().database();
        String name = Names.bucket("own").replace('-', '_');
        server.execute("CREATE DATABASE " + name);
        return new OwnDatabase(server.named(name), name + "_login");
    }

    /** How a gateway connects to it. */
    public List<String> settings() {
        return settings(database.port());
    }

    /** The same through something in between that listens on this port. */
    public List<String> settings(int through) {
        return List.of(
                "--storage.database.host=127.0.0.1",
                "--storage.database.port=" + through,
                "--storage.database.name=" + database.name(),
                "--storage.database.username=" + login,
                "--storage.database.password=password-of-" + login,
                "--storage.database.ssl-mode=disable",
                "--storage.database.migration.username=" + database.user(),
                "--storage.database.migration.password=" + database.password());
    }
}
