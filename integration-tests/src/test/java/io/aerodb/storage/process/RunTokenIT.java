package io.aerodb.storage.process;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Shell;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./run token} prints a token that works and nothing else. */
class RunTokenIT {

    private final Gateway gateway = SharedGateway.get();

    @Test
    void theTokenIsTheUsersForOneHour() throws Exception {
        String token = token("--user", "alice");

        Answer answer = gateway.as(token).createBucket("{\"name\": \"" + Names.bucket("alices") + "\"}");
        assertThat(answer).hasStatus(201);
        assertThat(answer.field("owner_id")).isEqualTo("alice");
        JsonNode claims = claims(token);
        assertThat(claims.path("exp").longValue() - claims.path("iat").longValue())
                .isEqualTo(3600);
        assertThat(claims.path("role").stringValue()).isEqualTo("authenticated");
    }

    @Test
    void roleAndLifetimeCanBeChosen() throws Exception {
        String token = token("--user", "admin", "--role", "service_role", "--ttl", "5m");

        String bucket = gateway.asUser(Names.user()).newBucket("private");
        assertThat(gateway.as(token).get("/bucket/" + bucket)).hasStatus(200);
        JsonNode claims = claims(token);
        assertThat(claims.path("exp").longValue() - claims.path("iat").longValue())
                .isEqualTo(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--role=postgres", "--ttl=soon", "--nonsense=1"})
    void whatMakesNoSenseIsRefusedAndPrintsNothing(String option) throws Exception {
        Shell shell = run("--user", "alice", option);

        assertThat(shell.exitCode()).isNotZero();
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).isNotBlank().doesNotContain("\tat ", "stack_trace");
    }

    private String token(String... options) throws Exception {
        Shell shell = run(options);
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out()).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\n");
        return shell.out().strip();
    }

    private Shell run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("./run", "token"));
        command.addAll(List.of(options));
        command.addAll(List.of("--data", gateway.launch().data().toString()));
        return Shell.run(
                Shell.repository(),
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                command.toArray(String[]::new));
    }

    private static JsonNode claims(String token) {
        return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }
}
