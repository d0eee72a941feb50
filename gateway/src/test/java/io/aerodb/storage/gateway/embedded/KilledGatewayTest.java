package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledGatewayTest {

    @TempDir
    Path data;

    @Test
    void serverEndsSoonAfterItsGatewayWasKilled() throws Exception {
        try (OtherGateway gateway = OtherGateway.launch(data)) {
            gateway.database();
            gateway.kill();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Servers.leftovers(data).running().isEmpty());
        }
    }

    @Test
    void nextStartWaitsForTheServerOfTheKilledGateway() throws Exception {
        try (OtherGateway gateway = OtherGateway.launch(data);
                EmbeddedPostgres next = Servers.in(data)) {
            keepAndKill(gateway);
            assertKept(next);
        }
    }

    @Test
    void nextStartTakesOverWhenServerAndGatewayWereKilled() throws Exception {
        try (OtherGateway gateway = OtherGateway.launch(data);
                EmbeddedPostgres next = Servers.in(data)) {
            new Sql(gateway.database()).execute("CREATE TABLE kept AS SELECT 'yes' AS answer");
            Servers.postmaster(data).destroyForcibly();
            gateway.kill();
            assertKept(next);
        }
    }

    @Test
    void nextStartStopsAServerThatLostItsWatchdogToo() throws Exception {
        try (OtherGateway gateway = OtherGateway.launch(data);
                EmbeddedPostgres next = Servers.in(data)) {
            new Sql(gateway.database()).execute("CREATE TABLE kept AS SELECT 'yes' AS answer");
            List<ProcessHandle> watchdogs = gateway.watchdogs();
            assertThat(watchdogs).hasSize(2);
            gateway.kill();
            watchdogs.forEach(ProcessHandle::destroyForcibly);
            assertKept(next);
        }
    }

    @Test
    void secondGatewayOnTheSameDirectoryIsRefusedWithASentence() throws Exception {
        try (OtherGateway first = OtherGateway.launch(data)) {
            first.database();
            try (OtherGateway second = OtherGateway.launch(data)) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.errors())
                        .matches("Another gateway \\(process \\d+\\) uses the data directory .* --data DIR\\.");
            }
        }
    }

    private static void keepAndKill(OtherGateway gateway) throws Exception {
        new Sql(gateway.database()).execute("CREATE TABLE kept AS SELECT 'yes' AS answer");
        gateway.kill();
    }

    private static void assertKept(EmbeddedPostgres next) throws Exception {
        assertThat(new Sql(next.start()).ask("SELECT answer FROM kept")).isEqualTo("yes");
    }
}
