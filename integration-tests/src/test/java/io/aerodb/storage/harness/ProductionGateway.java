package io.aerodb.storage.harness;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A gateway set up as in production: no embedded server, secrets from files, public keys, issuer and audience checked, no
 * tolerance for clocks. Its database is one of its own on the server of another gateway, reached through a counting proxy.
 */
public final class ProductionGateway implements AutoCloseable {

    public static final String ISSUER = "https://auth.example";
    public static final String AUDIENCE = "storage";
    public static final String LOGIN = "external_gateway";
    private static final String DATABASE = "external";

    private final Gateway gateway;
    private final WireProxy proxy;
    private final Database database;
    private final SigningKeys keys;

    private ProductionGateway(Gateway gateway, WireProxy proxy, Database database, SigningKeys keys) {
        this.gateway = gateway;
        this.proxy = proxy;
        this.database = database;
        this.keys = keys;
    }

    static ProductionGateway beside(Gateway other) {
        Database server = other.database();
        String password = Names.bucket("password");
        server.execute("CREATE DATABASE " + DATABASE);
        server.execute("CREATE ROLE " + LOGIN + " LOGIN NOINHERIT PASSWORD '" + password + "'");
        WireProxy proxy = new WireProxy(server);
        SigningKeys keys = SigningKeys.fresh();
        Launch launch = Launch.fresh();
        Path files = launch.output().getParent();
        Launch configured = launch.elsewhere(
                "--storage.mode=production",
                "--storage.database.host=127.0.0.1",
                "--storage.database.port=" + proxy.port(),
                "--storage.database.name=" + DATABASE,
                "--storage.database.ssl-mode=disable",
                "--storage.database.username=" + LOGIN,
                "--storage.database.password-file=" + written(files.resolve("login-password"), password),
                "--storage.database.migration.username=" + server.user(),
                "--storage.database.migration.password-file="
                        + written(files.resolve("migration-password"), server.password()),
                "--storage.auth.jwt-secret-file="
                        + written(files.resolve("shared-secret"), Names.bucket("a-long-shared-secret-for-hs256")),
                "--storage.auth.jwks-file="
                        + written(files.resolve("jwks.json"), new JWKSet(keys.publicKeys()).toString()),
                "--storage.signing.secret-file="
                        + written(files.resolve("signing-secret"), Names.bucket("a-long-secret-for-signed-urls")),
                "--storage.public-url=https://files.example.com/gateway/",
                "--storage.auth.issuer=" + ISSUER,
                "--storage.auth.audience=" + AUDIENCE,
                "--storage.auth.clock-skew=0s");
        Gateway started = new Gateway(configured, Map.of("iss", ISSUER, "aud", List.of(AUDIENCE, "other")));
        return new ProductionGateway(started, proxy, server.named(DATABASE), keys);
    }

    public Gateway gateway() {
        return gateway;
    }

    public WireProxy proxy() {
        return proxy;
    }

    public Database database() {
        return database;
    }

    public SigningKeys keys() {
        return keys;
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        proxy.close();
    }

    private static Path written(Path file, String content) {
        try {
            return Files.writeString(file, content + "\n");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
