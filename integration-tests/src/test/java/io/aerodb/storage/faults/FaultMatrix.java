package io.aerodb.storage.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Cleanup;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Integrity;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.PostgresServer;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One gateway with armed fault points, started again after each end, on one database and one backend. */
final class FaultMatrix implements AutoCloseable {

    private final String user = Names.user();
    private final Database database;
    private final ArmedGateway armed;
    private final Gateway gateway;
    private final String bucket;
    private int places;

    FaultMatrix(PostgresServer server, List<String> backend) {
        this.database = server.newDatabase();
        this.armed = ArmedGateway.of(Stream.of(server.settings(database, server.port()), backend, Cleanup.settings())
                .flatMap(List::stream)
                .toList());
        this.gateway = armed.launch().start();
        this.bucket = gateway.asUser(user).newBucket("private");
    }

    /**
     * Does what is asked, lets it meet its fault, and looks at what is left. The place is empty afterwards, or else each cell
     * would read again what all before it left; that its bytes are gone, too, the next one finds.
     */
    void check(Cell cell) throws Exception {
        Change.Place place = new Change.Place(gateway, database, user, bucket, "place-" + ++places);
        cell.change().prepare(place);
        armed.arm(cell);

        Outcome outcome = outcome(cell, place);

        assertThat(armed.struck()).as("%s passes the point", cell).isTrue();
        Map<String, String> found = Change.found(place);
        assertThat(outcome.allowed(cell.change())).as("%s: %s", cell, outcome).contains(found);
        Cleanup.run(gateway).expect(200);
        assertThat(new Integrity(gateway, database).violations()).as("%s", cell).isEmpty();
        assertThat(Change.found(place)).as("%s, after the clean-up", cell).isEqualTo(found);
        place.clear();
    }

    @Override
    public void close() {
        gateway.close();
    }

    private Outcome outcome(Cell cell, Change.Place place) throws Exception {
        try {
            return Outcome.of(cell.change().ask(place));
        } catch (UncheckedIOException brokenOff) {
            return Outcome.UNKNOWN;
        } finally {
            if (cell.action().equals(Cell.HALT)) {
                assertThat(gateway.awaitEnd(20, TimeUnit.SECONDS)).as("the end").isTrue();
                gateway.restart();
                takesTheDeadForDead();
            }
        }
    }

    /** As a gateway does that has run for a while. */
    private void takesTheDeadForDead() {
        database.execute("UPDATE storage.instances SET started_at = started_at - interval '1 hour'");
    }

    private enum Outcome {
        DONE,
        NOT_DONE,
        UNKNOWN;

        static Outcome of(Answer answer) {
            if (answer.status() < 300) {
                return DONE;
            }
            return answer.status() == 503 ? UNKNOWN : NOT_DONE;
        }

        List<Map<String, String>> allowed(Change change) {
            return switch (this) {
                case DONE -> List.of(change.after());
                case NOT_DONE -> List.of(change.before());
                case UNKNOWN -> List.of(change.before(), change.after());
            };
        }
    }
}
