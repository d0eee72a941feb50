package io.aerodb.storage.access;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A gateway where only the service creates buckets. */
class BucketCreationIT {

    private static final String SERVICE_ONLY = "--storage.buckets.creation=service-role";
    private static Gateway gateway;

    private final String user = Names.user();

    @BeforeAll
    static void start() {
        gateway = Gateway.start(SERVICE_ONLY);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void usersCreateNoBucket() {
        Answer answer = create(gateway.asUser(user));

        assertThat(answer).isRefused(403, "AccessDenied");
        assertThat(answer.field("reason")).isEqualTo("insert");
        assertThat(create(gateway.anonymously())).isUnauthorized();
    }

    @Test
    void theServiceCreatesThemForUsersWhoThenOwnThem() {
        String bucket = gateway.as(gateway.tokens().serviceFor(user)).newBucket("private");

        assertThat(gateway.asUser(user).upload(bucket, "mine", Bytes.of("x"))).hasStatus(201);
        assertThat(create(gateway.asService())).hasStatus(201);
    }

    @Test
    void otherSqlClientsAreBoundToo() throws SQLException {
        String claims = "{\"sub\":\"%s\",\"role\":\"authenticated\"}".formatted(user);
        try (Connection session = gateway.database().session("authenticated", claims)) {
            assertThatThrownBy(() -> Database.run(
                            session,
                            "INSERT INTO storage.buckets (id, name, owner_id) VALUES ('by-sql', 'by-sql', ?)",
                            user))
                    .isInstanceOfSatisfying(SQLException.class, denied -> assertThat(denied.getSQLState())
                            .isEqualTo("42501"));
        }
    }

    @Test
    void theGatewayThatStartedLastDecides() throws InterruptedException {
        try (Gateway first = Gateway.start()) {
            assertThat(create(first.asUser(user))).hasStatus(201);
            first.stop();
            Gateway strict = first.launch().elsewhere(SERVICE_ONLY).start();
            assertThat(create(strict.asUser(user))).isRefused(403, "AccessDenied");
            strict.stop();
            first.restart();
            assertThat(create(first.asUser(user))).hasStatus(201);
        }
    }

    private static Answer create(Api api) {
        return api.createBucket("{\"name\": \"" + Names.bucket("new") + "\"}");
    }
}
