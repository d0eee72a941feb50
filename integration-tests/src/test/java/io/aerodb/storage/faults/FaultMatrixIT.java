package io.aerodb.storage.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.PostgresServer;
import io.aerodb.storage.harness.StoredInS3;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Some ends and all failures of {@link FullFaultMatrixIT}; the seed decides which. {@code -Dfaults.seed=} repeats a choice.
 */
class FaultMatrixIT {

    private static final int HALTS = 2;

    private final long seed = Long.getLong("faults.seed", System.nanoTime());

    @Test
    void nothingIsLostOrLeft() throws Exception {
        System.out.println("faults.seed=" + seed);
        try (PostgresServer server = PostgresServer.fresh()) {
            checkSome(server, List.of("--storage.local.enabled=true"), Cell.ofLocal());
            checkSome(server, StoredInS3.fresh().settings(), Cell.ofS3());
        }
    }

    private void checkSome(PostgresServer server, List<String> backend, List<Cell> cells) throws Exception {
        try (FaultMatrix matrix = new FaultMatrix(server, backend)) {
            for (Cell cell : chosen(cells)) {
                matrix.check(cell);
            }
        }
    }

    private List<Cell> chosen(List<Cell> cells) {
        List<Cell> all = new ArrayList<>(cells);
        Collections.shuffle(all, new Random(seed));
        List<Cell> chosen = Stream.concat(
                        all.stream().filter(cell -> cell.action().equals(Cell.FAIL)),
                        all.stream()
                                .filter(cell -> cell.action().equals(Cell.HALT))
                                .limit(HALTS))
                .toList();
        assertThat(chosen).hasSizeGreaterThan(HALTS);
        return chosen;
    }
}
